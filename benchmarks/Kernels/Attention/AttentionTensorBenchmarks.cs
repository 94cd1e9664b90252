using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Attention;

/// <summary>Attention in 16-bit floats, on tensor cores if there are any.</summary>
public class AttentionTensorBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => AttentionLayer.All
        .Select(layer => AttentionBenchmarks.Forward(layer) with { Type = ElementType.BFloat16 });
}
