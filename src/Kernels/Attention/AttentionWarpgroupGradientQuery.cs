namespace GenKernels.Kernels.Attention;

/// <summary>Launches <c>AttentionWarpgroupGradientQuery.cu</c>, for 16-bit floats.</summary>
internal static class AttentionWarpgroupGradientQuery
{
    /// <summary>
    /// The tilings for heads of up to 40, 64 and 80 channels; larger tiles or more warpgroups do not fit the
    /// registers.
    /// </summary>
    internal static AttentionTilings Known { get; } = new(
        (5, new(2, 128)), (5, new(3, 64)), (8, new(2, 128)), (8, new(3, 64)), (10, new(2, 64)), (10, new(3, 64)));

    private static readonly KernelSource s_source =
        Source("Attention/AttentionWarpgroupGradientQuery.cu", AttentionTensor.Types, Known.Variants);

    /// <summary>The kernel's source.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <summary>The queries' part of <see cref="AttentionGradient.Forward"/>, into an existing tensor.</summary>
    /// <param name="tiling">One of <see cref="Known"/>.</param>
    /// <param name="statistics">The result of <see cref="AttentionGradientPreprocess"/>.</param>
    internal static void Launch(
        AttentionTiling tiling, Tensor q, Tensor k, Tensor v, Tensor dy, Tensor statistics, Tensor dq,
        AttentionPlan plan)
    {
        LaunchShape shape = AttentionWarpgroup.Blocks(q.Device, tiling, plan, plan.Queries, ownTensors: 2);
        string variant = Known.Variant(tiling, plan.Channels);
        q.Device.Load(s_source, q.Type, variant).Kernel("AttentionWarpgroupGradientQuery").Launch(
            shape with { Cost = plan.Cost(3, q, k, v, dy, statistics, dq) }, AttentionWarpgroup.Tokens(q, tiling),
            AttentionWarpgroup.Tokens(k, tiling), AttentionWarpgroup.Tokens(v, tiling),
            AttentionWarpgroup.Tokens(dy, tiling), statistics, dq, KernelArgument.Structure(ref plan));
    }
}
