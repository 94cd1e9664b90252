namespace GenKernels.Kernels.Attention;

/// <summary>Launches <c>AttentionWarpgroupGradientKeyValue.cu</c>, for 16-bit floats.</summary>
internal static class AttentionWarpgroupGradientKeyValue
{
    /// <summary>
    /// The tilings for heads of up to 40, 64 and 80 channels: the sums of two gradients leave registers only for two
    /// warpgroups and small tiles.
    /// </summary>
    private static readonly AttentionTilings s_known = new((5, Tiling), (8, Tiling), (10, Tiling));

    private static readonly KernelSource s_source =
        Source("Attention/AttentionWarpgroupGradientKeyValue.cu", AttentionTensor.Types, s_known.Variants);

    /// <summary>The kernel's source.</summary>
    internal static KernelSource SourceFile => s_source;

    private static AttentionTiling Tiling => new(Warpgroups: 2, TileTokens: 64);

    /// <returns>The variant for heads with the given channels.</returns>
    internal static string Variant(int channels) => s_known.Variant(Tiling, channels);

    /// <summary>The keys' and values' part of <see cref="AttentionGradient.Forward"/>, into existing tensors.</summary>
    /// <param name="statistics">The result of <see cref="AttentionGradientPreprocess"/>.</param>
    internal static void Launch(
        Tensor q, Tensor k, Tensor v, Tensor dy, Tensor statistics, Tensor dk, Tensor dv, AttentionPlan plan)
    {
        LaunchShape shape = AttentionWarpgroup.Blocks(q.Device, Tiling, plan, plan.Keys, ownTensors: 2);
        q.Device.Load(s_source, q.Type, Variant(plan.Channels)).Kernel("AttentionWarpgroupGradientKeyValue").Launch(
            shape with { Cost = plan.Cost(4, q, k, v, dy, statistics, dk, dv) }, AttentionWarpgroup.Tokens(q, Tiling),
            AttentionWarpgroup.Tokens(k, Tiling), AttentionWarpgroup.Tokens(v, Tiling),
            AttentionWarpgroup.Tokens(dy, Tiling), statistics, dk, dv, KernelArgument.Structure(ref plan));
    }
}
