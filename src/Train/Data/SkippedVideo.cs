namespace GenKernels.Train.Data;

/// <summary>A video that was left out of a data set.</summary>
/// <param name="Source">Its path below the source folder.</param>
/// <param name="Reason">One line: why it could not be decoded.</param>
public sealed record SkippedVideo(string Source, string Reason);
