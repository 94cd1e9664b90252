namespace GenKernels.Kernels.Optimization;

/// <summary>The hyperparameters of Adam.</summary>
/// <param name="Beta1">Decay rate of the first moment, in [0, 1).</param>
/// <param name="Beta2">Decay rate of the second moment, in [0, 1).</param>
/// <param name="Epsilon">Added to the root of the bias-corrected second moment; positive.</param>
/// <param name="WeightDecay">Weight decay, not negative.</param>
/// <param name="IsDecoupled">
/// Whether weight decay scales the parameters (AdamW: by 1 - learning rate times decay) or is added to the gradients.
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
