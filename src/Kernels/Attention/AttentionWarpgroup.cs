namespace GenKernels.Kernels.Attention;

/// <summary>Launches <c>AttentionWarpgroup.cu</c>: attention of 16-bit floats by warpgroups.</summary>
internal static class AttentionWarpgroup
{
    private const int OwnTokens = 64;
    private const int WarpgroupThreads = 128;
    private const int BoxChannels = 64;
    private const int RowBytes = 128;

    // As in the kernels: larger tiles leave room for three stages only.
    private const int LargeTile = 24576;

    // Tiles begin at the first multiple of this in shared memory.
    private const int Alignment = 1024;

    /// <summary>
    /// The tilings for heads of up to 40, 64, 80 and 160 channels; larger tiles or more warpgroups do not fit the
    /// registers.
    /// </summary>
    internal static AttentionTilings Known { get; } = new(
        (5, new(2, 64)), (5, new(2, 128)), (5, new(3, 128)), (8, new(2, 128)), (8, new(3, 64)), (10, new(2, 128)),
        (20, new(2, 64)));

    private static readonly KernelSource s_source =
        Source("Attention/AttentionWarpgroup.cu", AttentionTensor.Types, Known.Variants);

    /// <summary>The kernel's source.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <summary><see cref="Attention.Forward"/> into existing tensors.</summary>
    internal static void Launch(
        AttentionTiling tiling, Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, AttentionPlan plan,
        LaunchCost cost) =>
        q.Device.Load(s_source, q.Type, Known.Variant(tiling, plan.Channels)).Kernel("AttentionWarpgroup").Launch(
            Blocks(q.Device, tiling, plan, plan.Queries, ownTensors: 0) with { Cost = cost }, q, Tokens(k, tiling),
            Tokens(v, tiling), y, logSumExp, KernelArgument.Structure(ref plan));

    /// <returns>Tokens as a kernel's argument: a tensor map with boxes of one tile of one head.</returns>
    internal static KernelArgument Tokens(Tensor x, AttentionTiling tiling) => KernelArgument.Mapped(
        x, TensorMap.OfBoxes(
            x.Type, [x.Shape[3], x.Shape[2], x.Shape[1], x.Shape[0]],
            [TensorMap.RowLength(x.Type), 1, tiling.TileTokens, 1]));

    /// <returns>
    /// Blocks that compute one tile of own tokens after the other, with those of the given number of tensors in shared
    /// memory.
    /// </returns>
    /// <remarks>
    /// A multiprocessor has room for one block. Without a mask, blocks are persistent, at most one a multiprocessor.
    /// With one, tiles take different times, and each has its own block, for the hardware to balance.
    /// </remarks>
    internal static LaunchShape Blocks(
        Device device, AttentionTiling tiling, AttentionPlan plan, int tokens, int ownTensors)
    {
        int boxes = Quotient.Up(Known.HeadChannels(plan.Channels), BoxChannels);
        int tileBytes = boxes * tiling.TileTokens * RowBytes;
        int stages = tileBytes > LargeTile ? 3 : 4;
        int rows = OwnTokens * tiling.Warpgroups;
        long tiles = plan.Pairs * Quotient.Up(tokens, rows);
        return new LaunchShape(
            plan.IsCausal ? tiles : Math.Min(tiles, device.ProcessorCount), 1, 1,
            WarpgroupThreads * (tiling.Warpgroups + 1),
            Alignment + (2 * stages * tileBytes) + (ownTensors * boxes * rows * RowBytes));
    }
}
