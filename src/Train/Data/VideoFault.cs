namespace GenKernels.Train.Data;

/// <summary>A video that was left out of a data set, or decoded although it is damaged.</summary>
/// <param name="Source">Its path relative to the source folder.</param>
/// <param name="Reason">What is wrong with it, in one line.</param>
public sealed record VideoFault(string Source, string Reason);
