namespace GenKernels.Kernels.Attention;

/// <summary>Launches <c>AttentionWarpgroup.cu</c>: attention of 16-bit floats by warpgroups.</summary>
internal static class AttentionWarpgroup
{
    private const int OwnTokens = 64;
    private const int WarpgroupThreads = 128;
    private const int BoxChannels = 64;
    private const int RowBytes = 128;

    // As in the kernels: larger tiles leave room for fewer.
    private const int LargeTile = 24576;

    // Shared memory begins at the first multiple of this.
    private const int Alignment = 1024;

    /// <summary>
    /// For heads of up to 40, 64, 80 and 160 channels; of more tokens or warpgroups registers hold too little.
    /// </summary>
    internal static AttentionWays Known { get; } = new(
        (5, new(2, 64)), (5, new(2, 128)), (5, new(3, 128)), (8, new(2, 128)), (8, new(3, 64)), (10, new(2, 128)),
        (20, new(2, 64)));

    private static readonly KernelSource s_source =
        Source("Attention/AttentionWarpgroup.cu", AttentionTensor.Types, Known.Variants);

    /// <summary>The kernel's file.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <summary>As <see cref="Attention.Forward"/>, into tensors that are there.</summary>
    internal static void Launch(
        AttentionWay way, Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, AttentionPlan plan,
        LaunchCost cost) =>
        q.Device.Load(s_source, q.Type, Known.Variant(way, plan.Channels)).Kernel("AttentionWarpgroup").Launch(
            Blocks(q.Device, way, plan, plan.Queries, ownTensors: 0) with { Cost = cost }, q, Tokens(k, way),
            Tokens(v, way), y, logSumExp, KernelArgument.Structure(ref plan));

    /// <returns>How a kernel is given tokens that the hardware copies: tiles of one head.</returns>
    internal static KernelArgument Tokens(Tensor x, AttentionWay way) => KernelArgument.Mapped(
        x, TensorMap.OfBoxes(
            x.Type, [x.Shape[3], x.Shape[2], x.Shape[1], x.Shape[0]],
            [TensorMap.RowLength(x.Type), 1, way.TileTokens, 1]));

    /// <returns>
    /// Blocks that compute tiles of the tokens, one after the other, with the tiles of so many tensors of their own.
    /// </returns>
    /// <remarks>
    /// A multiprocessor has room for one. With a mask tiles take different times, and blocks come as others end.
    /// </remarks>
    internal static LaunchShape Blocks(Device device, AttentionWay way, AttentionPlan plan, int tokens, int ownTensors)
    {
        int boxes = Quotient.Up(Known.HeadChannels(plan.Channels), BoxChannels);
        int tileBytes = boxes * way.TileTokens * RowBytes;
        int stages = tileBytes > LargeTile ? 3 : 4;
        int rows = OwnTokens * way.Warpgroups;
        long tiles = plan.Pairs * Quotient.Up(tokens, rows);
        return new LaunchShape(
            plan.IsCausal ? tiles : Math.Min(tiles, device.ProcessorCount), 1, 1,
            WarpgroupThreads * (way.Warpgroups + 1),
            Alignment + (2 * stages * tileBytes) + (ownTensors * boxes * rows * RowBytes));
    }
}
