using GenKernels.Kernels.Movement;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Movement;

/// <summary>The crop in time of every block, and the padding of a convolution.</summary>
public class StridedCopyBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        Moments([1, 160, 9, 16, 256], start: 16, size: 128),
        Moments([1, 128, 36, 64, 64], start: -1, size: 130),
    ];

    private static KernelCase Moments(Shape shape, int start, int size)
    {
        Shape output = shape.With(1, size);
        long moment = shape.Product(2, shape.Rank);
        long copied = Math.Min(size, shape[1]) * moment;
        return new KernelCase(
            $"Window {shape} to {output}", [shape], output,
            inputs => StridedCopy.Window(inputs[0], 1, start, size),
            (inputs, index) =>
            {
                long source = index + (start * moment);
                return source >= 0 && source < inputs[0].LongLength ? inputs[0][source] : 0;
            }) { Bytes = (copied + output.ElementCount) * sizeof(float) };
    }
}
