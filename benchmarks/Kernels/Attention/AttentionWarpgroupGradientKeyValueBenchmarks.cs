using GenKernels.Kernels.Attention;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Attention;

/// <summary>The gradients of keys and values of attention in 16-bit floats by warpgroups; where they cannot compute it,
/// attention and all its gradients by the usual kernels.</summary>
public class AttentionWarpgroupGradientKeyValueBenchmarks : KernelBenchmarks
{
    private const int Products = 4;

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => AttentionLayer.All.Select(layer =>
        AttentionWarpgroupGradientQueryBenchmarks.IsFor(layer)
            ? layer.Gradient("keys and values", Products, layer.KeyShape, Launch, layer.KeyGradientOf)
            : AttentionGradientBenchmarks.Both(layer) with { Type = ElementType.BFloat16 });

    private static Tensor Launch(Tensor[] x)
    {
        (Tensor q, Tensor k, Tensor v) = (x[0], x[1], x[2]);
        Tensor dk = Tensor.Empty(k.Shape, k.Type, k.Device);
        using Tensor dv = Tensor.Empty(v.Shape, v.Type, v.Device);
        AttentionPlan plan = new(q, k, v, AttentionOptions.For(q.Shape[3]));
        AttentionWarpgroupGradientKeyValue.Launch(q, k, v, x[3], x[4], dk, dv, plan);
        return dk;
    }
}
