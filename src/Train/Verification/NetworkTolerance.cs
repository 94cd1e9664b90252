namespace GenKernels.Train.Verification;

/// <summary>What whole networks may be off by in 32-bit floats, with sums in another order.</summary>
internal static class NetworkTolerance
{
    /// <summary>
    /// Gradients have more: one activation so close to zero that a leaky ReLU takes its other side moves them by 5e-4.
    /// </summary>
    internal static CaseTolerance Of(string result)
    {
        if (result.StartsWith("grad", StringComparison.Ordinal)) return new CaseTolerance(2e-3);
        return new CaseTolerance(result.StartsWith("buffer.", StringComparison.Ordinal) ? 1e-6 : 1e-4);
    }
}
