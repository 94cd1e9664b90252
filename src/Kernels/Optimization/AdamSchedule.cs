namespace GenKernels.Kernels.Optimization;

/// <summary>
/// The numbers that change from one step of Adam to the next, in the order in which <c>Adam.cu</c> reads them.
/// </summary>
public static class AdamSchedule
{
    /// <summary>How many numbers a schedule has.</summary>
    public const int Length = 6;

    /// <summary>How many numbers a request has, from which the device computes the schedule itself.</summary>
    public const int RequestLength = 4;

    /// <param name="options">The hyperparameters.</param>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="learningRate">Learning rate of this step.</param>
    /// <param name="gradientScale">
    /// Factor applied to gradients first, such as 1 over the number of accumulated batches.
    /// </param>
    /// <param name="averageWeight">Weight of the parameters in the update of their moving average, 0 to 1.</param>
    /// <returns>Computed in double and rounded once; the last number, 1, says that the step is applied.</returns>
    public static float[] For(
        AdamOptions options, long step, double learningRate, double gradientScale, double averageWeight)
    {
        double decay = options.IsDecoupled ? 1 - (learningRate * options.WeightDecay) : options.WeightDecay;
        double stepSize = learningRate / (1 - Math.Pow(options.Beta1, step));
        double rootOfBias2 = Math.Sqrt(1 - Math.Pow(options.Beta2, step));
        return [(float)stepSize, (float)rootOfBias2, (float)decay, (float)averageWeight, (float)gradientScale, 1];
    }
}
