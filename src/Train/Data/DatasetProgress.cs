namespace GenKernels.Train.Data;

/// <summary>Progress of the creation of a data set.</summary>
/// <param name="VideosDone">Videos finished, including those that failed.</param>
/// <param name="VideosTotal">Videos found.</param>
/// <param name="FramesDone">Frames decoded.</param>
public readonly record struct DatasetProgress(int VideosDone, int VideosTotal, long FramesDone);
