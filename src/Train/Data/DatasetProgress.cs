namespace GenKernels.Train.Data;

/// <summary>How far the making of a data set has come.</summary>
/// <param name="VideosDone">Videos decoded, those that failed included.</param>
/// <param name="VideosTotal">Videos found.</param>
/// <param name="FramesDone">Frames decoded.</param>
public readonly record struct DatasetProgress(int VideosDone, int VideosTotal, long FramesDone);
