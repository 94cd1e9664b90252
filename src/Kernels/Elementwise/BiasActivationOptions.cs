namespace GenKernels.Kernels.Elementwise;

/// <summary>What follows the bias: activation, then gain, then clamp.</summary>
/// <param name="Activation">The function.</param>
/// <param name="Gain">Multiplies the activation.</param>
/// <param name="Clamp">Bounds the result on both sides; infinity for none.</param>
/// <param name="Slope">Of <see cref="Activation.LeakyRelu"/> below zero.</param>
public readonly record struct BiasActivationOptions(
    Activation Activation, float Gain, float Clamp = float.PositiveInfinity, float Slope = 0.2f)
{
    /// <returns>The activation with its default gain and slope.</returns>
    public static BiasActivationOptions For(Activation activation, float clamp = float.PositiveInfinity) =>
        new(activation, activation.DefaultGain(), clamp);
}
