using GenKernels.Kernels.Optimization;

namespace GenKernels.Benchmarks.Kernels.Optimization;

/// <summary>Accumulation of a second batch's gradients, for all parameters of the small and the thesis's
/// generator.</summary>
public class AccumulateBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Add(2_000_000), Add(32_000_000)];

    private static KernelCase Add(int count) => new(
        $"Accumulate [{count}]", [[count], [count]], [count],
        inputs =>
        {
            Accumulate.Into(inputs[0], inputs[1]);
            return inputs[1].View([count]);
        },
        (inputs, index) => inputs[1][index] + inputs[0][index]);
}
