using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Kernels.Reduction;

namespace GenKernels.Kernels.Attention;

/// <summary>
/// The gradients of attention: launches <c>AttentionGradient.cu</c>; <c>AttentionTensorGradient.cu</c>, or
/// <c>AttentionWarpgroupGradientQuery.cu</c> and <c>AttentionWarpgroupGradientKeyValue.cu</c>, where tensor cores can
/// do it; or on the CPU <c>AttentionGradientHost.cpp</c>.
/// </summary>
public static class AttentionGradient
{
    // Blocks that fill a processor. The number of partial sums of dq decides the order of the additions, so that it
    // must depend on the shapes alone, not on the device.
    private const int ManyHostBlocks = 8;
    private const int FewestHostKeys = 128;

    private static readonly AttentionGradientChoice s_choice = new();

    private static readonly KernelSource s_source = Source("Attention/AttentionGradient.cu", AttentionTile.Variants);

    private static readonly KernelSource s_hostSource =
        Source("Attention/AttentionGradientHost.cpp", [ElementType.Float64, ElementType.Float32]);

    /// <param name="q">The queries of the attention, <c>[N, Lq, Heads, D]</c>.</param>
    /// <param name="k">Its keys, <c>[N, Lk, Heads, D]</c>.</param>
    /// <param name="v">Its values, of the shape of <paramref name="k"/>.</param>
    /// <param name="y">Its result, of the shape of <paramref name="q"/>.</param>
    /// <param name="logSumExp">The log-sum-exp of its rows of logits, <c>[N, Heads, Lq]</c>.</param>
    /// <param name="dy">The upstream gradient, of the shape of <paramref name="q"/>.</param>
    /// <param name="options">Its scale and mask.</param>
    /// <returns>
    /// The gradients of queries, keys and values, of the same shapes as these; the caller or its scope disposes them.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The tensors are not floats, differ in type or device, or have shapes that do not fit, or the scale is not
    /// positive and finite.
    /// </exception>
    public static (Tensor Dq, Tensor Dk, Tensor Dv) Forward(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, Tensor dy, AttentionOptions options)
    {
        AttentionPlan plan = new(q, k, v, options);
        Require.Same(q, y);
        Require.Same(q, dy);
        Require.Shape(logSumExp, plan.RowShape.AsSpan());
        Require.Kind(logSumExp, q.Type.SumType(), q.Device);

        if (HostProduct.IsWidened(q)) return InFloat(q, k, v, y, logSumExp, dy, options);
        if (q.ElementCount == 0 || k.ElementCount == 0)
        {
            return (Zeros(q), Zeros(k), Zeros(v));
        }

        return q.Device.WarpSize == 1
            ? OnHost(q, k, v, y, logSumExp, dy, plan)
            : OnDevice(q, k, v, y, logSumExp, dy, plan, AttentionKey.Of(q, k, options));
    }

    /// <summary><see cref="Forward"/> by a given tiling on tensor cores, into existing tensors.</summary>
    internal static void Launch(
        AttentionTiling tiling, Tensor q, Tensor k, Tensor v, Tensor dy, Tensor statistics, Tensor dq, Tensor dk,
        Tensor dv, AttentionPlan plan)
    {
        if (tiling == AttentionTiling.Warps)
        {
            AttentionTensorGradient.Launch(q, k, v, dy, statistics, dq, dk, dv, plan);
            return;
        }

        AttentionWarpgroupGradientQuery.Launch(tiling, q, k, v, dy, statistics, dq, plan);
        AttentionWarpgroupGradientKeyValue.Launch(q, k, v, dy, statistics, dk, dv, plan);
    }

    private static Tensor Zeros(Tensor like) => Tensor.Zeros(like.Shape, like.Type, like.Device);

    private static (Tensor Dq, Tensor Dk, Tensor Dv) OnHost(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, Tensor dy, AttentionPlan plan)
    {
        int most = Math.Max(1, plan.Keys / FewestHostKeys);
        int segments = (int)Math.Clamp(Quotient.Up(ManyHostBlocks, plan.Pairs), 1, most);
        Tensor dk = Tensor.Empty(k.Shape, k.Type, k.Device);
        Tensor dv = Tensor.Empty(v.Shape, v.Type, v.Device);
        using Tensor parts = Tensor.Empty([segments, .. q.Shape.AsSpan()], q.Type, q.Device);
        LaunchShape blocks = new(plan.Pairs * segments, 1, 1, 1)
        {
            HasLongBlocks = true,
            Cost = plan.Cost(5, q, k, v, y, logSumExp, dy, parts, dk, dv),
        };
        q.Device.Load(s_hostSource, q.Type).Kernel("AttentionGradientHost").Launch(
            blocks, q, k, v, y, dy, logSumExp, parts, dk, dv, KernelArgument.Structure(ref plan), segments);
        if (segments == 1) return (parts.View(q.Shape), dk, dv);
        using Tensor sum = Reduce.Forward(ReduceKind.Sum, parts, 0, 1);
        return (sum.View(q.Shape), dk, dv);
    }

    private static (Tensor Dq, Tensor Dk, Tensor Dv) OnDevice(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, Tensor dy, AttentionPlan plan, AttentionKey key)
    {
        Tensor dq = Tensor.Empty(q.Shape, q.Type, q.Device);
        Tensor dk = Tensor.Empty(k.Shape, k.Type, k.Device);
        Tensor dv = Tensor.Empty(v.Shape, v.Type, v.Device);
        if (AttentionTensor.FitsGradient(plan, q, k, v, y, dy, dq, dk, dv))
        {
            AttentionTiling tiling = q.Device.Tuner.Choose(s_choice, key);
            using Tensor statistics = AttentionGradientPreprocess.Forward(y, dy, logSumExp, plan);
            Launch(tiling, q, k, v, dy, statistics, dq, dk, dv, plan);
            return (dq, dk, dv);
        }

        KernelModule module = q.Device.Load(s_source, q.Type, AttentionTile.Variant(plan.Channels));
        using Tensor delta = Tensor.Empty(logSumExp.Shape, logSumExp.Type, logSumExp.Device);
        module.Kernel("AttentionGradientDelta").Launch(
            LaunchShape.WarpPerRow(y.Device, delta.ElementCount) with { Cost = LaunchCost.Of(y, dy, delta) },
            y, dy, delta, KernelArgument.Structure(ref plan));
        module.Kernel("AttentionGradientQuery").Launch(
            AttentionTile.Blocks(q, plan, plan.Queries) with { Cost = plan.Cost(3, q, k, v, dy, logSumExp, delta, dq) },
            q, k, v, dy, logSumExp, delta, dq, KernelArgument.Structure(ref plan));
        module.Kernel("AttentionGradientKeyValue").Launch(
            AttentionTile.Blocks(q, plan, plan.Keys) with
            {
                Cost = plan.Cost(4, q, k, v, dy, logSumExp, delta, dk, dv),
            },
            q, k, v, dy, logSumExp, delta, dk, dv, KernelArgument.Structure(ref plan));
        return (dq, dk, dv);
    }

    private static (Tensor Dq, Tensor Dk, Tensor Dv) InFloat(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, Tensor dy, AttentionOptions options)
    {
        using Tensor wideQ = Cast.Forward(q, ElementType.Float32);
        using Tensor wideK = Cast.Forward(k, ElementType.Float32);
        using Tensor wideV = Cast.Forward(v, ElementType.Float32);
        using Tensor wideY = Cast.Forward(y, ElementType.Float32);
        using Tensor wideDy = Cast.Forward(dy, ElementType.Float32);
        (Tensor dq, Tensor dk, Tensor dv) = Forward(wideQ, wideK, wideV, wideY, logSumExp, wideDy, options);
        using (dq)
        using (dk)
        using (dv)
        {
            return (Cast.Forward(dq, q.Type), Cast.Forward(dk, q.Type), Cast.Forward(dv, q.Type));
        }
    }
}
