namespace GenKernels.Train.Verification;

/// <summary>
/// A small move of a case's inputs, each number up or down at random, to find the side of a kink on which the recorded
/// activations lie.
/// </summary>
/// <param name="Number">Of the try, from 1.</param>
/// <param name="Seed">Of the directions.</param>
/// <param name="Units">How far each number moves, in units in the last place.</param>
/// <param name="IsOpposite">Whether all numbers move the other way.</param>
internal sealed record InputMove(int Number, int Seed, int Units, bool IsOpposite)
{
    // One of two activations that lie on the wrong side leaves it in about half of the moves of the right size; how far
    // they lie from their kinks is a matter of the order of additions, so that there are moves of several sizes. The
    // largest is half a millionth of a number, far below what outputs may be off by, which every try must match too.
    private const int PairsOfSize = 4;

    private static readonly int[] s_sizes = [1, 2, 4, 8];

    /// <summary>
    /// All that are worth a try, small ones first. Each direction is followed by its opposite: where the one moves a
    /// lone activation away from its kink, the other moves it across.
    /// </summary>
    internal static IEnumerable<InputMove> Tries =>
        from seed in Enumerable.Range(0, PairsOfSize * s_sizes.Length)
        from isOpposite in (bool[])[false, true]
        select new InputMove((2 * seed) + (isOpposite ? 2 : 1), seed, s_sizes[seed / PairsOfSize], isOpposite);

    /// <summary>Moves numbers in place.</summary>
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
