using GenKernels.Kernels.Attention;
using GenKernels.Runtime;
using Attentions = GenKernels.Kernels.Attention.Attention;

namespace GenKernels.Benchmarks.Kernels.Attention;

/// <summary>Attention at the levels of a text-to-image U-Net.</summary>
public class AttentionBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => AttentionLayer.All.Select(Forward);

    /// <returns>The case of a layer.</returns>
    internal static KernelCase Forward(AttentionLayer layer) =>
        new(layer.Name, [layer.QueryShape, layer.KeyShape, layer.KeyShape], layer.QueryShape, Launch, layer.Element)
        {
            Operations = layer.Operations(2),
        };

    private static Tensor Launch(Tensor[] x)
    {
        (Tensor y, Tensor rows) = Attentions.Forward(x[0], x[1], x[2], AttentionOptions.For(x[0].Shape[3]));
        rows.Dispose();
        return y;
    }
}
