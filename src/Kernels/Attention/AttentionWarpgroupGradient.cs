namespace GenKernels.Kernels.Attention;

/// <summary>Launches <c>AttentionWarpgroupGradient.cu</c>: the gradients of attention of 16-bit floats by
/// warpgroups.</summary>
internal static class AttentionWarpgroupGradient
{
    // More registers than these a thread does not have for two gradients.
    private const int MostChannels = 80;

    private static readonly AttentionWay s_way = new(Warpgroups: 2, TileTokens: 64);

    private static readonly int[] s_headPieces = [5, 8, 10];

    private static readonly KernelSource s_source = Source(
        "Attention/AttentionWarpgroupGradient.cu", AttentionTensor.Types,
        [.. s_headPieces.Select(pieces => AttentionWarpgroup.Define((pieces, s_way)))]);

    /// <summary>The kernels' file.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <returns>The first of <see cref="Ways"/>, and where there are none, warps by themselves.</returns>
    internal static AttentionWay Rule(Device device, int channels) =>
        device.HasWarpgroupProducts && channels <= MostChannels ? s_way : AttentionWay.Warps;

    /// <returns>
    /// The ways to do by warpgroups what <see cref="AttentionTensor.FitsGradient"/> says of tensor cores.
    /// </returns>
    internal static IEnumerable<AttentionWay> Ways(Device device, int channels) =>
        Rule(device, channels) == s_way ? [s_way] : [];

    /// <inheritdoc cref="AttentionTensorGradient.Launch"/>
    /// <param name="way">One of <see cref="Ways"/>.</param>
    internal static void Launch(
        AttentionWay way, Tensor q, Tensor k, Tensor v, Tensor dy, Tensor logSumExp, Tensor delta, Tensor dq, Tensor dk,
        Tensor dv, AttentionPlan plan)
    {
        KernelModule module = q.Device.Load(s_source, q.Type, AttentionWarpgroup.Variant(way, plan.Channels));
        KernelArgument queries = AttentionWarpgroup.Tokens(q, way), keys = AttentionWarpgroup.Tokens(k, way);
        KernelArgument values = AttentionWarpgroup.Tokens(v, way), gradients = AttentionWarpgroup.Tokens(dy, way);
        module.Kernel("AttentionWarpgroupGradientQuery").Launch(
            AttentionWarpgroup.Blocks(way, plan, plan.Queries, ownTiles: 2) with
            {
                Cost = plan.Cost(3, q, k, v, dy, logSumExp, delta, dq),
            },
            queries, keys, values, gradients, logSumExp, delta, dq, KernelArgument.Structure(ref plan));
        module.Kernel("AttentionWarpgroupGradientKeyValue").Launch(
            AttentionWarpgroup.Blocks(way, plan, plan.Keys, ownTiles: 2) with
            {
                Cost = plan.Cost(4, q, k, v, dy, logSumExp, delta, dk, dv),
            },
            queries, keys, values, gradients, logSumExp, delta, dk, dv, KernelArgument.Structure(ref plan));
    }
}
