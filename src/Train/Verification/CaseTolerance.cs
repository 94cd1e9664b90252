namespace GenKernels.Train.Verification;

/// <summary>
/// How far a result may be from the recorded one: max |a - b| ≤ relative · max |reference| + absolute.
/// </summary>
/// <param name="Relative">Share of the largest recorded magnitude.</param>
/// <param name="Absolute">In the unit of the result.</param>
public readonly record struct CaseTolerance(double Relative, double Absolute = 0)
{
    /// <param name="largest">The largest recorded magnitude.</param>
    /// <returns>The largest difference that passes; a reference of zeros is compared as if it were of ones.</returns>
    internal double Allowed(double largest) => (Relative * (largest == 0 ? 1 : largest)) + Absolute;

    /// <inheritdoc/>
    public override string ToString() => Absolute == 0 ? $"{Relative:0e0}" : $"{Relative:0e0} + {Absolute:0e0}";
}
