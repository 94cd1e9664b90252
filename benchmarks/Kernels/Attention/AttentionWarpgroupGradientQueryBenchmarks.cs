using GenKernels.Kernels.Attention;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Attention;

/// <summary>The queries' gradient of attention in 16-bit floats by warpgroups; where they cannot compute it, attention
/// and all its gradients by the usual kernels.</summary>
public class AttentionWarpgroupGradientQueryBenchmarks : KernelBenchmarks
{
    private const int Products = 3;

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => AttentionLayer.All.Select(layer => IsFor(layer)
        ? layer.Gradient("queries", Products, layer.QueryShape, Launch, layer.QueryGradientOf)
        : AttentionGradientBenchmarks.Both(layer) with { Type = ElementType.BFloat16 });

    /// <returns>Whether warpgroups compute the gradients of a layer.</returns>
    internal static bool IsFor(AttentionLayer layer) =>
        AttentionWarpgroupGradientQuery.Known.For(BenchmarkDevice.Device, layer.Channels).Any();

    private static Tensor Launch(Tensor[] x)
    {
        (Tensor q, Tensor k, Tensor v) = (x[0], x[1], x[2]);
        Tensor dq = Tensor.Empty(q.Shape, q.Type, q.Device);
        AttentionTiling tiling = AttentionWarpgroupGradientQuery.Known.For(q.Device, q.Shape[3]).First();
        AttentionPlan plan = new(q, k, v, AttentionOptions.For(q.Shape[3]));
        AttentionWarpgroupGradientQuery.Launch(tiling, q, k, v, x[3], x[4], dq, plan);
        return dq;
    }
}
