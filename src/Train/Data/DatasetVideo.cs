namespace GenKernels.Train.Data;

/// <summary>One video of a data set.</summary>
/// <param name="Name">Its path in the data set, with forward slashes.</param>
/// <param name="FrameCount">Number of frames; positive.</param>
/// <param name="Partition">Name of the zip that holds it.</param>
public sealed record DatasetVideo(string Name, int FrameCount, string Partition);
