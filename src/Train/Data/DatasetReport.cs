namespace GenKernels.Train.Data;

/// <summary>The result of creating a data set.</summary>
/// <param name="Folder">The folder that holds the partitions.</param>
/// <param name="Manifest">Lists the contents.</param>
/// <param name="Skipped">Videos that could not be decoded, in order.</param>
public sealed record DatasetReport(string Folder, DatasetManifest Manifest, IReadOnlyList<SkippedVideo> Skipped);
