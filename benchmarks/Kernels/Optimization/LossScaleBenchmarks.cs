using GenKernels.Kernels.Optimization;

namespace GenKernels.Benchmarks.Kernels.Optimization;

/// <summary>The overflow check of all gradients of the small and the thesis's generator.</summary>
public class LossScaleBenchmarks : KernelBenchmarks
{
    private static readonly DeviceConstant<float> s_state = new(LossScale.Start(new LossScaleOptions()));

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Check(2_000_000), Check(32_000_000)];

    private static KernelCase Check(int count) => new(
        $"LossScaleCheck [{count}]", [[count]], [1],
        inputs =>
        {
            LossScale.Check(inputs[0], s_state.Value);
            return s_state.Value.Part(2, [1]);
        },
        (_, _) => 1);
}
