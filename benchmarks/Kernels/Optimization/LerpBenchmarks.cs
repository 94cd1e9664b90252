using GenKernels.Kernels.Optimization;

namespace GenKernels.Benchmarks.Kernels.Optimization;

/// <summary>A moving average of all parameters of the small and the thesis's generator.</summary>
public class LerpBenchmarks : KernelBenchmarks
{
    private const float Weight = 0.001f;
    private static readonly DeviceConstant<float> s_weight = new(Weight);

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Average(2_000_000), Average(32_000_000)];

    private static KernelCase Average(int count) => new(
        $"Lerp [{count}]", [[count], [count]], [count],
        inputs =>
        {
            Lerp.Into(inputs[0], inputs[1], s_weight.Value);
            return inputs[1].View([count]);
        },
        (inputs, index) => inputs[1][index] + ((double)Weight * (inputs[0][index] - inputs[1][index])));
}
