using GenKernels.Kernels.Elementwise;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Elementwise;

/// <summary>Skip connections (equal shapes), a bias per channel, and a style per channel and frame.</summary>
public class BinaryBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        Sum([1, 128, 36, 64, 64], [1, 128, 36, 64, 64]),
        Sum([1, 160, 9, 16, 256], [256]),
        Sum([1, 160, 9, 16, 256], [1, 160, 1, 1, 256]),
        Sum([1, 24, 3, 4, 512], [1, 24, 3, 4, 512]),
    ];

    private static KernelCase Sum(Shape a, Shape b)
    {
        int channels = a[^1];
        long moment = b.Rank == 5 && b != a ? a.Product(2, 5) : channels;
        return new KernelCase(
            $"Add {a} {b}", [a, b], a,
            inputs => Binary.Forward(BinaryKind.Add, inputs[0], inputs[1]),
            (inputs, index) => inputs[0][index] + inputs[1][b == a ? index : Other(index)]);

        long Other(long index) => b.Rank == 1 ? index % channels : (index / moment * channels) + (index % channels);
    }
}
