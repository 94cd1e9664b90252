namespace GenKernels.Train.Verification;

/// <summary>
/// A small perturbation of a case's inputs, each value up or down at random, to find the side of a kink on which the
/// recorded activations lie.
/// </summary>
/// <param name="Number">Number of the try, from 1.</param>
/// <param name="Seed">Seed of the directions.</param>
/// <param name="Units">Size of each value's move, in units in the last place.</param>
/// <param name="IsOpposite">Whether all values move in the opposite direction.</param>
internal sealed record InputMove(int Number, int Seed, int Units, bool IsOpposite)
{
    // Each activation on the wrong side of its kink leaves it in about half of the moves of the right size. How far it
    // lies from the kink depends on the order of additions, hence moves of several sizes. The largest changes a value
    // by half a millionth of it, far below the tolerance of the outputs, which every try must match too.
    private const int PairsOfSize = 4;

    private static readonly int[] s_sizes = [1, 2, 4, 8];

    /// <summary>
    /// All moves worth trying, small ones first. Each direction is followed by its opposite: if one moves a lone
    /// activation away from its kink, the other moves it across.
    /// </summary>
    internal static IEnumerable<InputMove> Tries =>
        from seed in Enumerable.Range(0, PairsOfSize * s_sizes.Length)
        from isOpposite in (bool[])[false, true]
        select new InputMove((2 * seed) + (isOpposite ? 2 : 1), seed, s_sizes[seed / PairsOfSize], isOpposite);

    /// <summary>Moves values in place.</summary>
    internal void Apply(Span<float> values)
    {
        Random random = new(Seed);
        foreach (ref float value in values)
        {
            bool isUp = random.Next(2) == 0 != IsOpposite;
            for (int unit = 0; unit < Units; unit++)
            {
                value = isUp ? MathF.BitIncrement(value) : MathF.BitDecrement(value);
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{(Units == 1 ? "an ulp" : $"{Units} ulps")} (try {Number})";
}
