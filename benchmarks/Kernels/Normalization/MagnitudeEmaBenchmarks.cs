using GenKernels.Kernels.Normalization;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Normalization;

/// <summary>The mean square of the inputs of a temporal and of the last layer of the thesis's generator.</summary>
public class MagnitudeEmaBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Update([1, 80, 9, 16, 512]), Update([1, 128, 36, 64, 64])];

    // A weight of 0 for the old average, which is random and may be negative; the work is the same.
    private static KernelCase Update(Shape shape) => new(
        $"MagnitudeEma {shape}", [shape, [1]], [1], inputs => MagnitudeEma.Update(inputs[0], inputs[1], beta: 0),
        (inputs, _) => 1 / Math.Sqrt(inputs[0].Average(value => (double)value * value)));
}
