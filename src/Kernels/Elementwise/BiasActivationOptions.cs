namespace GenKernels.Kernels.Elementwise;

/// <summary>What follows the bias: activation, then gain, then clamp.</summary>
/// <param name="Activation">The function.</param>
/// <param name="Gain">Multiplies the activation.</param>
/// <param name="Clamp">Limits the magnitude of the result; infinity for no clamp.</param>
/// <param name="Slope">Slope of <see cref="Activation.LeakyRelu"/> below zero.</param>
public readonly record struct BiasActivationOptions(
    Activation Activation, float Gain, float Clamp = float.PositiveInfinity, float Slope = 0.2f)
{
    /// <returns>The activation with its default gain and slope.</returns>
    public static BiasActivationOptions For(Activation activation, float clamp = float.PositiveInfinity) =>
        new(activation, activation.DefaultGain(), clamp);
}
