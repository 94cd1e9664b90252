using GenKernels.Kernels.Optimization;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Optimization;

/// <summary>
/// Accumulation of a second batch's gradients, for all parameters of the small and the thesis's generator; and their
/// first gradients, of a hundred parameters.
/// </summary>
public class AccumulateBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
        [Into(1, 2_000_000, false), Into(1, 32_000_000, false), Into(100, 20_000, true), Into(100, 320_000, true)];

    private static KernelCase Into(int parts, int count, bool isFirst)
    {
        Shape[] shapes = [.. Enumerable.Repeat(Shape.Create([count]), parts)];
        int[] starts = [.. Enumerable.Range(0, parts).Select(part => part * count)];
        return new KernelCase(
            $"Accumulate {parts} x [{count}]{(isFirst ? ", first" : "")}", [.. shapes, [parts * count]],
            [parts * count],
            inputs =>
            {
                Accumulate.Into(inputs.AsSpan(..parts), starts, inputs[parts], isFirst);
                return inputs[parts].View([parts * count]);
            },
            (inputs, index) => (isFirst ? 0 : inputs[parts][index]) + inputs[index / count][index % count])
        {
            Bytes = (isFirst ? 2L : 3) * parts * count * sizeof(float),
        };
    }
}
