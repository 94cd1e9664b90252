namespace GenKernels.Kernels.Optimization;

/// <summary>
/// How the loss scale adapts to the gradients, so that 16-bit gradients neither overflow nor underflow.
/// </summary>
/// <param name="Initial">The first scale, from <paramref name="Smallest"/> to <paramref name="Largest"/>.</param>
/// <param name="Growth">Growth factor of the scale, at least 1; 1 with a backoff of 1 keeps the scale constant.</param>
/// <param name="Backoff">Factor applied after a step whose gradient overflows, above 0 and at most 1.</param>
/// <param name="Interval">Finite steps in a row after which the scale grows, at least 1 and at most 2^24.</param>
/// <param name="Smallest">Lower bound of the scale, positive.</param>
/// <param name="Largest">Upper bound of the scale, finite.</param>
public sealed record LossScaleOptions(
    float Initial = 65536, float Growth = 2, float Backoff = 0.5f, int Interval = 2000, float Smallest = 1,
    float Largest = 1 << 24)
{
    // Steps are counted in a float, exact up to here.
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
