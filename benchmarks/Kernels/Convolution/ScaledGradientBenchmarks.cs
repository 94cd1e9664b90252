using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.Elementwise;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Convolution;

/// <summary>
/// The backward pass through the epilogue of the thesis's modulated convolutions, in one pass over memory; and through
/// bias and activation of layers with few and with many channels.
/// </summary>
public class ScaledGradientBenchmarks : KernelBenchmarks
{
    private static readonly BiasActivationOptions s_after = BiasActivationOptions.For(Activation.LeakyRelu, clamp: 256);

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        .. ConvolutionLayer.OfThesis.Select(layer => OfResult(layer.Y)),
        OfActivation([1, 64, 36, 64, 8]),
        OfActivation([1, 64, 36, 64, 12]),
        OfActivation([1, 64, 36, 64, 64]),
    ];

    private static KernelCase OfResult(Shape shape)
    {
        int frames = shape[0] * shape[1], rows = shape[2] * shape[3], channels = shape[4];
        return new KernelCase(
            $"gradient before factor and leaky rectifier {shape}", [shape, shape, [frames, channels]], shape,
            inputs => Launch(inputs, frames),
            (inputs, index) => inputs[0][index] * s_after.Gain * (inputs[1][index] > 0 ? 1 : s_after.Slope)
                * inputs[2][(index / channels / rows * channels) + (index % channels)])
        {
            Bytes = 3 * shape.ElementCount * sizeof(float),
        };
    }

    private static KernelCase OfActivation(Shape shape) => new(
        $"gradient before bias and leaky rectifier {shape}", [shape, shape], shape,
        inputs =>
        {
            (Tensor gradient, Tensor sums) = ScaledGradient.OfResult(inputs[0], inputs[1], s_after);
            sums.Dispose();
            return gradient;
        },
        (inputs, index) => inputs[0][index] * s_after.Gain * (inputs[1][index] > 0 ? 1 : s_after.Slope))
    {
        Bytes = 3 * shape.ElementCount * sizeof(float),
    };

    private static Tensor Launch(Tensor[] inputs, int frames)
    {
        (Tensor gradient, Tensor sums, Tensor products) =
            ScaledGradient.OfResult(inputs[0], inputs[1], frames, inputs[2], null, s_after);
        sums.Dispose();
        products.Dispose();
        return gradient;
    }
}
