namespace GenKernels.Train.LongVideo;

/// <summary>What a run tells whoever watches it, after every step.</summary>
/// <param name="Step">Steps that were taken.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Values">The newest value of everything that is logged.</param>
/// <param name="SecondsPerStep">Averaged over the last steps.</param>
/// <param name="Remaining">Until the run ends, by steps or by time.</param>
public sealed record LowResolutionProgress(
    long Step, long Steps, IReadOnlyDictionary<string, double> Values, double SecondsPerStep, TimeSpan Remaining);
