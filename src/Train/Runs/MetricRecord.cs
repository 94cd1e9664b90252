namespace GenKernels.Train.Runs;

/// <summary>One line of a <see cref="MetricLog"/>.</summary>
/// <param name="Step">Steps finished when it was written.</param>
/// <param name="Time">Seconds since 1970, UTC.</param>
/// <param name="Values">Metrics by name; may hold NaN and infinities.</param>
public sealed record MetricRecord(long Step, double Time, IReadOnlyDictionary<string, double> Values);
