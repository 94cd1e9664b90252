namespace GenKernels.Kernels.Random;

/// <summary>The complete state of a <see cref="RandomGenerator"/>, which determines all its further numbers.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Offset">Number of counters consumed.</param>
/// <param name="Stream">Which of the seed's 2^64 independent sequences.</param>
public readonly record struct RandomState(ulong Seed, ulong Offset, ulong Stream);
