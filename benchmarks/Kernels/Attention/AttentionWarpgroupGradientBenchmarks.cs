using GenKernels.Kernels.Attention;
using GenKernels.Runtime;
using Attentions = GenKernels.Kernels.Attention.Attention;

namespace GenKernels.Benchmarks.Kernels.Attention;

/// <summary>Attention of 16-bit floats and its gradients by warpgroups, whatever a tuner takes; as ever where they
/// cannot.</summary>
public class AttentionWarpgroupGradientBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => AttentionLayer.All
        .Select(layer => AttentionGradientBenchmarks.Both(layer) with { Type = ElementType.BFloat16 })
        .Select(both => IsFor(both.Inputs[0]) ? both with { Launch = Launch } : both);

    private static bool IsFor(Shape q) => AttentionWarpgroupGradient.Known.For(BenchmarkDevice.Device, q[3]).Any();

    private static Tensor Launch(Tensor[] x)
    {
        (Tensor q, Tensor k, Tensor v, Tensor dy) = (x[0], x[1], x[2], x[3]);
        AttentionPlan plan = new(q, k, v, AttentionOptions.For(q.Shape[3]));
        using Tensor y = Tensor.Empty(q.Shape, q.Type, q.Device);
        using Tensor rows = Tensor.Empty(plan.RowShape, ElementType.Float32, q.Device);
        AttentionWay forward = AttentionWarpgroup.Known.For(q.Device, q.Shape[3]).First();
        AttentionWay way = AttentionWarpgroupGradient.Known.For(q.Device, q.Shape[3]).First();
        Attentions.Launch(forward, q, k, v, y, rows, plan);
        using Tensor delta = AttentionGradient.Delta(y, dy, rows, plan);
        using Tensor dk = Tensor.Empty(k.Shape, k.Type, k.Device);
        using Tensor dv = Tensor.Empty(v.Shape, v.Type, v.Device);
        Tensor dq = Tensor.Empty(q.Shape, q.Type, q.Device);
        AttentionGradient.Launch(way, q, k, v, dy, rows, delta, dq, dk, dv, plan);
        return dq;
    }
}
