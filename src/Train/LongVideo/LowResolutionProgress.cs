namespace GenKernels.Train.LongVideo;

/// <summary>Progress of a run, reported after every step.</summary>
/// <param name="Step">Steps finished.</param>
/// <param name="Steps">Total number of steps.</param>
/// <param name="Values">The newest value of every logged metric.</param>
/// <param name="SecondsPerStep">Moving average over the last steps.</param>
/// <param name="Remaining">Estimated time until the run ends, by steps or by time limit.</param>
public sealed record LowResolutionProgress(
    long Step, long Steps, IReadOnlyDictionary<string, double> Values, double SecondsPerStep, TimeSpan Remaining);
