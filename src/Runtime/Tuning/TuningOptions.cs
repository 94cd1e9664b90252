namespace GenKernels.Runtime;

/// <summary>How people ask for tuning.</summary>
internal static class TuningOptions
{
    private const string Variable = "GENKERNELS_TUNE";

    /// <returns>What <c>GENKERNELS_TUNE</c> asks for; null where it is empty.</returns>
    /// <exception cref="TuningException">It asks for something else.</exception>
    internal static TuningPolicy? FromEnvironment() => Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" => null,
        "off" => TuningPolicy.Off,
        "known" => TuningPolicy.Known,
        "measure" => TuningPolicy.Measure,
        string other => throw new TuningException($"{Variable} is measure, known or off, not \"{other}\""),
    };
}
