namespace GenKernels.Kernels.Optimization;

/// <summary>The constants of Adam.</summary>
/// <param name="Beta1">Share that the mean of the gradients keeps in a step, from 0 to below 1.</param>
/// <param name="Beta2">Share that the mean of their squares keeps in a step, from 0 to below 1.</param>
/// <param name="Epsilon">Added to the root of the mean of squares; positive.</param>
/// <param name="WeightDecay">Pull towards 0, not negative.</param>
/// <param name="IsDecoupled">
/// Whether the pull scales the parameters (AdamW: by 1 - learning rate times decay) or is added to the gradients.
/// </param>
public sealed record AdamOptions(
    double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0, bool IsDecoupled = false)
{
    /// <exception cref="ArgumentException">A constant is out of its range.</exception>
    public void Validate()
    {
        if (Beta1 is >= 0 and < 1 && Beta2 is >= 0 and < 1 && Epsilon > 0 && WeightDecay >= 0) return;
        throw new ArgumentException(
            "Adam: the betas must lie in [0, 1), epsilon must be positive and the weight decay not negative, "
            + $"got {this}");
    }
}
