namespace GenKernels.Train.Data;

/// <summary>A video that was left out of a data set.</summary>
/// <param name="Source">Its path relative to the source folder.</param>
/// <param name="Reason">Why it could not be decoded, in one line.</param>
public sealed record SkippedVideo(string Source, string Reason);
