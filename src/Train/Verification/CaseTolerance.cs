namespace GenKernels.Train.Verification;

/// <summary>
/// The largest allowed difference from a recorded result: max |a - b| ≤ relative · max |reference| + absolute.
/// </summary>
/// <param name="Relative">Relative to the largest recorded magnitude.</param>
/// <param name="Absolute">Absolute, in the unit of the result.</param>
public readonly record struct CaseTolerance(double Relative, double Absolute = 0)
{
    /// <param name="largest">The largest recorded magnitude.</param>
    /// <returns>The largest difference that passes; an all-zero reference counts as of magnitude 1.</returns>
    internal double Allowed(double largest) => (Relative * (largest == 0 ? 1 : largest)) + Absolute;

    /// <inheritdoc/>
    public override string ToString() => (Relative, Absolute) switch
    {
        (_, 0) => $"{Relative:0e0}",
        (0, _) => $"{Absolute:0.##e0} absolute",
        _ => $"{Relative:0e0} + {Absolute:0e0}",
    };
}
