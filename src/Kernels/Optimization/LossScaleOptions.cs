namespace GenKernels.Kernels.Optimization;

/// <summary>
/// How the factor of the loss follows the gradients, so that those of 16 bits neither overflow nor vanish.
/// </summary>
/// <param name="Initial">The first factor, from <paramref name="Smallest"/> to <paramref name="Largest"/>.</param>
/// <param name="Growth">By how much it grows, at least 1; with a backoff of 1 too it stays what it is.</param>
/// <param name="Backoff">By how much it shrinks in a step whose gradient overflows, above 0 and at most 1.</param>
/// <param name="Interval">After how many finite steps in a row it grows, at least 1.</param>
/// <param name="Smallest">What it never falls below, positive.</param>
/// <param name="Largest">What it never passes, finite.</param>
public sealed record LossScaleOptions(
    float Initial = 65536, float Growth = 2, float Backoff = 0.5f, int Interval = 2000, float Smallest = 1,
    float Largest = 1 << 24)
{
    // Steps are counted in a float.
    private const int MostSteps = 1 << 24;

    /// <exception cref="ArgumentException">A constant is out of its range.</exception>
    public void Validate()
    {
        bool isBounded = Smallest > 0 && Smallest <= Initial && Initial <= Largest && float.IsFinite(Largest);
        bool isMoving = Growth >= 1 && float.IsFinite(Growth) && Backoff is > 0 and <= 1;
        if (isBounded && isMoving && Interval is >= 1 and <= MostSteps) return;
        throw new ArgumentException(
            "LossScale: 0 < smallest <= initial <= largest, growth >= 1, 0 < backoff <= 1 and 1 <= interval <= 2^24 "
            + $"must hold, got {this}");
    }
}
