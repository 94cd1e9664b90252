using GenKernels.Train.Data;

namespace GenKernels.Train.Augmentation;

/// <summary>Draws that are a pure function of seed and step, so that a resumed run draws the same.</summary>
/// <param name="seed">Seed of the run.</param>
/// <param name="step">From 0; anything else that draws in the same step needs another seed or number.</param>
public sealed class SeededDraws(ulong seed, long step) : IAdaDraws
{
    private ulong _index;

    /// <inheritdoc/>
    public double[] Uniform(int count) => [.. Enumerable.Range(0, count).Select(_ => Unit())];

    /// <inheritdoc/>
    /// <remarks>Box and Muller 1958, with one number of each pair used.</remarks>
    public double[] Normal(int count) => [.. Enumerable.Range(0, count).Select(_ =>
        Math.Sqrt(-2 * Math.Log(1 - Unit())) * Math.Cos(2 * Math.PI * Unit()))];

    private double Unit() => (SplitMix.Bits(seed, (ulong)step, _index++) >> 11) * (1.0 / (1L << 53));
}
