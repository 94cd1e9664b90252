using GenKernels.Kernels.Reduction;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Reduction;

/// <summary>
/// Reductions like a bias gradient (all axes but the last), a magnitude (all axes) and a mean over channels (the last
/// axis).
/// </summary>
public class ReduceBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        SumOfSquares([1, 128, 36, 64, 64], 0, 4),
        SumOfSquares([1, 128, 36, 64, 64], 0, 5),
        SumOfSquares([1, 160, 9, 16, 256], 4, 1),
    ];

    private static KernelCase SumOfSquares(Shape shape, int axis, int axisCount)
    {
        long length = shape.Product(axis, axis + axisCount);
        long inner = shape.Product(axis + axisCount, shape.Rank);
        Shape output = shape;
        for (int reduced = axis; reduced < axis + axisCount; reduced++) output = output.With(reduced, 1);
        return new KernelCase(
            $"SumOfSquares {shape} axes {axis}..{axis + axisCount - 1}", [shape], output,
            inputs => Reduce.Forward(ReduceKind.SumOfSquares, inputs[0], axis, axisCount),
            (inputs, index) =>
            {
                double sum = 0;
                long first = (index / inner * length * inner) + (index % inner);
                for (long n = 0; n < length; n++) sum += Math.Pow(inputs[0][first + (n * inner)], 2);
                return sum;
            });
    }
}
