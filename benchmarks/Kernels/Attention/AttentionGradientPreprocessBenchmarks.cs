using GenKernels.Kernels.Attention;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Attention;

/// <summary>The statistics per query that attention's gradients on tensor cores read: log-sum-exp, and the dot product
/// of result and upstream gradient. Without tensor cores, attention and all its gradients.</summary>
public class AttentionGradientPreprocessBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => AttentionLayer.All.Select(layer =>
        BenchmarkDevice.Device.WarpSize == 1
            ? AttentionGradientBenchmarks.Both(layer) with { Type = ElementType.BFloat16 }
            : new KernelCase(
                $"{layer.Name} statistics", [layer.QueryShape, layer.QueryShape, layer.RowShape], layer.StatisticsShape,
                Launch, layer.Statistic)
            {
                Type = ElementType.BFloat16,
                WideInputs = [2],
            });

    private static Tensor Launch(Tensor[] x)
    {
        AttentionPlan plan = new(x[0], x[0], x[0], AttentionOptions.For(x[0].Shape[3]));
        return AttentionGradientPreprocess.Forward(x[0], x[1], x[2], plan);
    }
}
