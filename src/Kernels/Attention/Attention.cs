using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Kernels.Attention;

/// <summary>
/// Softmax attention without a matrix of logits: launches <c>Attention.cu</c>; <c>AttentionTensor.cu</c> or
/// <c>AttentionWarpgroup.cu</c> where tensor cores can do it; or on the CPU <c>AttentionHost.cpp</c>.
/// </summary>
public static class Attention
{
    private const int HostColumnBytes = 128;

    private static readonly AttentionChoice s_choice = new();

    private static readonly KernelSource s_source = Source("Attention/Attention.cu", AttentionTile.Variants);

    private static readonly KernelSource s_hostSource =
        Source("Attention/AttentionHost.cpp", [ElementType.Float64, ElementType.Float32]);

    /// <param name="q">Queries, <c>[N, Lq, Heads, D]</c>, D at most 512.</param>
    /// <param name="k">Keys, <c>[N, Lk, Heads, D]</c>.</param>
    /// <param name="v">Values, of the shape of <paramref name="k"/>.</param>
    /// <param name="options">Scale and mask.</param>
    /// <returns>
    /// The means of the values weighted by the softmax of the logits, of the shape of <paramref name="q"/> (zeros if
    /// there are no keys), and for the gradient the log-sum-exp of every row of logits, <c>[N, Heads, Lq]</c>, in 64
    /// bits for 64-bit tensors, else 32. The caller or its scope disposes both.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The tensors are not floats, differ in type or device, or have shapes that do not fit, or the scale is not
    /// positive and finite.
    /// </exception>
    public static (Tensor Y, Tensor LogSumExp) Forward(Tensor q, Tensor k, Tensor v, AttentionOptions options)
    {
        AttentionPlan plan = new(q, k, v, options);
        if (HostProduct.IsWidened(q))
        {
            using Tensor wideQ = Cast.Forward(q, ElementType.Float32);
            using Tensor wideK = Cast.Forward(k, ElementType.Float32);
            using Tensor wideV = Cast.Forward(v, ElementType.Float32);
            (Tensor wideY, Tensor wideRows) = Forward(wideQ, wideK, wideV, options);
            using (wideY) return (Cast.Forward(wideY, q.Type), wideRows);
        }

        Tensor y = Tensor.Empty(q.Shape, q.Type, q.Device);
        Tensor logSumExp = Tensor.Empty(plan.RowShape, q.Type.SumType(), q.Device);
        if (y.ElementCount == 0) return (y, logSumExp);
        if (AttentionTensor.Fits(plan, q, k, v, y))
        {
            AttentionTiling tiling = q.Device.Tuner.Choose(s_choice, AttentionKey.Of(q, k, options));
            Launch(tiling, q, k, v, y, logSumExp, plan);
            return (y, logSumExp);
        }

        LaunchCost cost = plan.Cost(2, q, k, v, y, logSumExp);
        if (q.Device.WarpSize == 1)
        {
            int segments = HostSegments(plan, q);
            LaunchShape blocks = new(plan.Pairs * segments, 1, 1, 1) { HasLongBlocks = true, Cost = cost };
            q.Device.Load(s_hostSource, q.Type).Kernel("AttentionHost").Launch(
                blocks, q, k, v, y, logSumExp, KernelArgument.Structure(ref plan), segments);
            return (y, logSumExp);
        }

        LaunchShape shape = AttentionTile.Blocks(q, plan, plan.Queries) with { Cost = cost };
        q.Device.Load(s_source, q.Type, AttentionTile.Variant(plan.Channels)).Kernel("Attention").Launch(
            shape, q, k, v, y, logSumExp, KernelArgument.Structure(ref plan));
        return (y, logSumExp);
    }

    /// <summary><see cref="Forward"/> by a given tiling on tensor cores, into existing tensors.</summary>
    internal static void Launch(
        AttentionTiling tiling, Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, AttentionPlan plan)
    {
        LaunchCost cost = plan.Cost(2, q, k, v, y, logSumExp);
        if (tiling == AttentionTiling.Warps) AttentionTensor.Launch(q, k, v, y, logSumExp, plan, cost);
        else AttentionWarpgroup.Launch(tiling, q, k, v, y, logSumExp, plan, cost);
    }

    /// <summary>Queries are independent, so that the division may depend on the device: some blocks a core, each of at
    /// least one tile of queries.</summary>
    private static int HostSegments(AttentionPlan plan, Tensor q)
    {
        const int blocksPerCore = 4;
        int tiles = Math.Max(1, plan.Queries * q.Type.Size() / HostColumnBytes);
        long wanted = (long)blocksPerCore * q.Device.ProcessorCount;
        return (int)Math.Clamp(Quotient.Up(wanted, plan.Pairs), 1, tiles);
    }
}
