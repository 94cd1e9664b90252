namespace GenKernels.Kernels.Attention;

/// <summary>Launches <c>AttentionWarpgroupGradientKeyValue.cu</c>, for 16-bit floats.</summary>
internal static class AttentionWarpgroupGradientKeyValue
{
    /// <summary>
    /// The ways for heads of up to 40, 64 and 80 channels: the sums of two gradients leave registers only for two
    /// warpgroups and small tiles.
    /// </summary>
    private static readonly AttentionWays s_known = new((5, Way), (8, Way), (10, Way));

    private static readonly KernelSource s_source =
        Source("Attention/AttentionWarpgroupGradientKeyValue.cu", AttentionTensor.Types, s_known.Variants);

    /// <summary>The kernel's source.</summary>
    internal static KernelSource SourceFile => s_source;

    private static AttentionWay Way => new(Warpgroups: 2, TileTokens: 64);

    /// <returns>The variant for heads with the given channels.</returns>
    internal static string Variant(int channels) => s_known.Variant(Way, channels);

    /// <summary>The keys' and values' part of <see cref="AttentionGradient.Forward"/>, into existing tensors.</summary>
    /// <param name="statistics">The result of <see cref="AttentionGradientPreprocess"/>.</param>
    internal static void Launch(
        Tensor q, Tensor k, Tensor v, Tensor dy, Tensor statistics, Tensor dk, Tensor dv, AttentionPlan plan)
    {
        LaunchShape shape = AttentionWarpgroup.Blocks(q.Device, Way, plan, plan.Keys, ownTensors: 2);
        q.Device.Load(s_source, q.Type, Variant(plan.Channels)).Kernel("AttentionWarpgroupGradientKeyValue").Launch(
            shape with { Cost = plan.Cost(4, q, k, v, dy, statistics, dk, dv) }, AttentionWarpgroup.Tokens(q, Way),
            AttentionWarpgroup.Tokens(k, Way), AttentionWarpgroup.Tokens(v, Way), AttentionWarpgroup.Tokens(dy, Way),
            statistics, dk, dv, KernelArgument.Structure(ref plan));
    }
}
