namespace GenKernels.Kernels.Optimization;

/// <summary>
/// The numbers that change from one step of Adam to the next, in the order in which <c>Adam.cu</c> reads them.
/// </summary>
public static class AdamSchedule
{
    /// <summary>How many there are.</summary>
    public const int Length = 6;

    /// <summary>How many numbers a request has, of which the device makes a schedule itself.</summary>
    public const int RequestLength = 4;

    /// <param name="options">The optimizer's constants.</param>
    /// <param name="step">Steps including this one, from 1.</param>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="gradientScale">
    /// What gradients are multiplied with first, such as 1 over the number of accumulated batches.
    /// </param>
    /// <param name="averageWeight">How far the moving average goes towards the parameters, 0 to 1.</param>
    /// <returns>Computed in double and rounded once; the last says that the step is to be applied.</returns>
    public static float[] For(
        AdamOptions options, long step, double learningRate, double gradientScale, double averageWeight)
    {
        double decay = options.IsDecoupled ? 1 - (learningRate * options.WeightDecay) : options.WeightDecay;
        double stepSize = learningRate / (1 - Math.Pow(options.Beta1, step));
        double rootOfBias2 = Math.Sqrt(1 - Math.Pow(options.Beta2, step));
        return [(float)stepSize, (float)rootOfBias2, (float)decay, (float)averageWeight, (float)gradientScale, 1];
    }
}
