using GenKernels.Benchmarks.Kernels.Attention;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Comparison;

/// <content>Attention at the levels of a text-to-image U-Net.</content>
internal static partial class WorkCatalog
{
    private static IEnumerable<ComparedWork> Attentions(ElementType type, AttentionLayer[] layers)
    {
        foreach (AttentionLayer layer in layers)
        {
            string name = $"attention {layer.Name}";
            yield return Operations<AttentionBenchmarks>($"{name} forward", AttentionBenchmarks.Forward(layer), type);
            yield return Operations<AttentionGradientBenchmarks>(
                $"{name} forward and backward", AttentionGradientBenchmarks.Both(layer), type);
        }
    }
}
