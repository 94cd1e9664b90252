using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Attention;

/// <summary>Attention in 16-bit floats and its gradients, on tensor cores if there are any.</summary>
public class AttentionTensorGradientBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => AttentionLayer.All
        .Select(layer => AttentionGradientBenchmarks.Both(layer) with { Type = ElementType.BFloat16 });
}
