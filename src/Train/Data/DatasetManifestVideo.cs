namespace GenKernels.Train.Data;

/// <summary>One video of a data set and where it came from.</summary>
/// <param name="Name">Path of the source relative to the source folder, without extension, with forward
/// slashes.</param>
/// <param name="Source">The same with its extension.</param>
/// <param name="Partition">The zip that holds its frames.</param>
/// <param name="FrameCount">Frames in the data set.</param>
/// <param name="FrameRate">Frames per second.</param>
public sealed record DatasetManifestVideo(
    string Name, string Source, string Partition, int FrameCount, double FrameRate);
