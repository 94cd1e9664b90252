namespace GenKernels.Kernels.Random;

/// <summary>Where a <see cref="RandomGenerator"/> stands: all that its next numbers depend on.</summary>
/// <param name="Seed">Of the sequence.</param>
/// <param name="Offset">Counters that were drawn.</param>
/// <param name="Stream">Which of the seed's 2^64 independent sequences.</param>
public readonly record struct RandomState(ulong Seed, ulong Offset, ulong Stream);
