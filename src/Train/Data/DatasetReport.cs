namespace GenKernels.Train.Data;

/// <summary>The result of creating a data set.</summary>
/// <param name="Folder">The folder that holds the partitions.</param>
/// <param name="Manifest">Lists the contents.</param>
/// <param name="Skipped">Videos that could not be decoded, in order.</param>
/// <param name="Damaged">Videos in the data set that the decoder reported errors in, in order.</param>
/// <param name="Abandoned">Names of files in the folder that an interrupted replacement left there: an earlier data
/// set.</param>
public sealed record DatasetReport(
    string Folder,
    DatasetManifest Manifest,
    IReadOnlyList<VideoFault> Skipped,
    IReadOnlyList<VideoFault> Damaged,
    IReadOnlyList<string> Abandoned);
