using GenKernels.Benchmarks.Kernels.Attention;

namespace GenKernels.Benchmarks.Comparison;

/// <content>Attention at the levels of a text-to-image U-Net.</content>
internal static partial class WorkCatalog
{
    private static IEnumerable<ComparedWork> Attentions()
    {
        foreach (AttentionLayer layer in AttentionLayer.All)
        {
            string name = $"attention {layer.Name}";
            yield return Operations<AttentionBenchmarks>($"{name} forward", AttentionBenchmarks.Forward(layer));
            yield return Operations<AttentionGradientBenchmarks>(
                $"{name} forward and backward", AttentionGradientBenchmarks.Both(layer));
        }
    }
}
