namespace GenKernels.Kernels.Attention;

/// <summary>Launches <c>AttentionWarpgroupGradient.cu</c>: the gradients of attention of 16-bit floats by
/// warpgroups.</summary>
internal static class AttentionWarpgroupGradient
{
    /// <summary>
    /// For heads of up to 40, 64 and 80 channels; more registers a thread does not have for two gradients.
    /// </summary>
    internal static AttentionWays Known { get; } =
        new((5, new(2, 64)), (5, new(3, 64)), (8, new(2, 64)), (10, new(2, 64)));

    private static readonly KernelSource s_source =
        Source("Attention/AttentionWarpgroupGradient.cu", AttentionTensor.Types, Known.Variants);

    /// <summary>The kernels' file.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <inheritdoc cref="AttentionTensorGradient.Launch"/>
    /// <param name="way">One of those that are known.</param>
    internal static void Launch(
        AttentionWay way, Tensor q, Tensor k, Tensor v, Tensor dy, Tensor logSumExp, Tensor delta, Tensor dq, Tensor dk,
        Tensor dv, AttentionPlan plan)
    {
        KernelArgument queries = AttentionWarpgroup.Tokens(q, way), keys = AttentionWarpgroup.Tokens(k, way);
        KernelArgument values = AttentionWarpgroup.Tokens(v, way), gradients = AttentionWarpgroup.Tokens(dy, way);

        // The gradient of queries takes so few registers that two blocks of two fit a multiprocessor.
        AttentionWay byTwo = way with { Warpgroups = 2 };
        Module(byTwo).Kernel("AttentionWarpgroupGradientQuery").Launch(
            AttentionWarpgroup.Blocks(byTwo, plan, plan.Queries, ownTiles: 2) with
            {
                Cost = plan.Cost(3, q, k, v, dy, logSumExp, delta, dq),
            },
            queries, keys, values, gradients, logSumExp, delta, dq, KernelArgument.Structure(ref plan));
        Module(way).Kernel("AttentionWarpgroupGradientKeyValue").Launch(
            AttentionWarpgroup.Blocks(way, plan, plan.Keys, ownTiles: 2) with
            {
                Cost = plan.Cost(4, q, k, v, dy, logSumExp, delta, dk, dv),
            },
            queries, keys, values, gradients, logSumExp, delta, dk, dv, KernelArgument.Structure(ref plan));

        KernelModule Module(AttentionWay of) => q.Device.Load(s_source, q.Type, Known.Variant(of, plan.Channels));
    }
}
