namespace GenKernels.Runtime;

/// <summary>The tuning policy from the environment.</summary>
internal static class TuningOptions
{
    private const string Variable = "GENKERNELS_TUNE";

    /// <returns>The policy that <c>GENKERNELS_TUNE</c> names; null where it is unset or empty.</returns>
    /// <exception cref="TuningException">It names no policy.</exception>
    internal static TuningPolicy? FromEnvironment() => Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" => null,
        "off" => TuningPolicy.Off,
        "known" => TuningPolicy.Known,
        "measure" => TuningPolicy.Measure,
        string other => throw new TuningException($"{Variable} must be measure, known or off, got \"{other}\""),
    };
}
