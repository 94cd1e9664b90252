using GenKernels.Kernels.Elementwise;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Elementwise;

/// <summary>Activations of the generator's last block, of its first and of a middle one.</summary>
public class UnaryBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        Function(UnaryKind.Affine, [1, 128, 36, 64, 64], x => (2 * x) + 1),
        Function(UnaryKind.Affine, [1, 24, 3, 4, 512], x => (2 * x) + 1),
        Function(UnaryKind.HyperbolicTangent, [1, 160, 9, 16, 256], Math.Tanh),
        Function(UnaryKind.Exponential, [1, 160, 9, 16, 256], Math.Exp),
        Function(UnaryKind.Square, [1, 128, 36, 64, 64], x => x * x) with { Type = ElementType.BFloat16 },
    ];

    private static KernelCase Function(UnaryKind kind, Shape shape, Func<double, double> formula) => new(
        $"{kind} {shape}", [shape], shape,
        inputs => Unary.Forward(kind, inputs[0], 2, 1),
        (inputs, index) => formula(inputs[0][index]));
}
