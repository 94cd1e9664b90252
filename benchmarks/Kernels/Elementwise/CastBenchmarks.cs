using GenKernels.Kernels.Elementwise;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Elementwise;

/// <summary>Activations of the generator's last block, cast to narrower and wider types.</summary>
public class CastBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        Convert(ElementType.Float32, ElementType.BFloat16),
        Convert(ElementType.Float32, ElementType.Float16),
        Convert(ElementType.BFloat16, ElementType.Float32),
    ];

    private static KernelCase Convert(ElementType from, ElementType to)
    {
        Shape shape = [1, 128, 36, 64, 64];
        return new KernelCase(
            $"Cast {shape} to {to}", [shape], shape,
            inputs => Cast.Forward(inputs[0], to),
            (inputs, index) => from == ElementType.BFloat16 ? (float)(BFloat16)inputs[0][index] : inputs[0][index])
        { Type = from, Bytes = shape.ElementCount * (from.Size() + to.Size()) };
    }
}
