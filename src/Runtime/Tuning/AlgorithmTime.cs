namespace GenKernels.Runtime;

/// <summary>The measured time of one algorithm for a piece of work.</summary>
/// <param name="Name">The name of the algorithm.</param>
/// <param name="Microseconds">Its time; null where it failed.</param>
/// <param name="IsGlance">
/// Whether the time is a quick first measurement only, since the algorithm was far slower than the fastest; it includes
/// the gaps between launches.
/// </param>
public sealed record AlgorithmTime(string Name, double? Microseconds, bool IsGlance);
