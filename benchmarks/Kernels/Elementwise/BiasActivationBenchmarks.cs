using GenKernels.Kernels.Elementwise;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Elementwise;

/// <summary>The leaky ReLU after convolutions, its gradient, and the swish of an embedding.</summary>
public class BiasActivationBenchmarks : KernelBenchmarks
{
    private const float Bound = 256;

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        Value(Activation.LeakyRelu, [1, 128, 36, 64, 64], z => z > 0 ? z : 0.2f * z),
        Value(Activation.LeakyRelu, [1, 160, 9, 16, 256], z => z > 0 ? z : 0.2f * z),
        Value(Activation.Swish, [1, 160, 9, 16, 256], z => z / (1 + Math.Exp(-z))),
        Gradient(Activation.LeakyRelu, [1, 128, 36, 64, 64], z => z > 0 ? 1 : 0.2f),
    ];

    private static KernelCase Value(Activation activation, Shape shape, Func<double, double> formula) => new(
        $"{activation} {shape}", [shape, [shape[^1]]], shape,
        inputs => BiasActivation.Forward(inputs[0], inputs[1], BiasActivationOptions.For(activation, Bound)),
        (inputs, index) => activation.DefaultGain() * formula((double)inputs[0][index] + inputs[1][index % shape[^1]]));

    private static KernelCase Gradient(Activation activation, Shape shape, Func<double, double> derivative) => new(
        $"gradient of {activation} {shape}", [shape, shape], shape,
        inputs => BiasActivation.Forward(inputs[0], null, BiasActivationOptions.For(activation, Bound), 1, inputs[1]),
        (inputs, index) => activation.DefaultGain() * inputs[1][index] * derivative(inputs[0][index]));
}
