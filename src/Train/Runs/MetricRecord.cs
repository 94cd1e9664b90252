namespace GenKernels.Train.Runs;

/// <summary>One line of a <see cref="MetricLog"/>.</summary>
/// <param name="Step">Steps finished when it was written.</param>
/// <param name="Time">Seconds since 1970, UTC.</param>
/// <param name="Values">By name; NaN and the infinities may occur.</param>
public sealed record MetricRecord(long Step, double Time, IReadOnlyDictionary<string, double> Values);
