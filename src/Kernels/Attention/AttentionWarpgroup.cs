namespace GenKernels.Kernels.Attention;

/// <summary>Launches <c>AttentionWarpgroup.cu</c>: attention of 16-bit floats by warpgroups.</summary>
internal static class AttentionWarpgroup
{
    private const int TileTokens = 64;
    private const int ChunkLength = 8;
    private const int BoxChannels = 64;
    private const int RowBytes = 128;

    // Shared memory begins at the first multiple of this.
    private const int Alignment = 1024;

    // For heads of up to 40, 64, 80 and 160 channels; of the last, the registers of three warpgroups hold too little.
    private static readonly (int HeadPieces, int Warpgroups)[] s_variants =
        [(5, 2), (5, 3), (8, 2), (8, 3), (10, 2), (10, 3), (20, 2)];

    private static readonly KernelSource s_source =
        Source("Attention/AttentionWarpgroup.cu", AttentionTensor.Types, [.. s_variants.Select(Define)]);

    /// <summary>The kernel's file.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <returns>The ways to do by warpgroups what <see cref="AttentionTensor.Fits"/> says of tensor cores.</returns>
    internal static IEnumerable<AttentionWay> Ways(Device device, int channels) =>
        device.HasWarpgroupProducts && channels <= s_variants[^1].HeadPieces * ChunkLength
            ? s_variants.Where(variant => variant.HeadPieces == HeadPieces(channels))
                .Select(variant => new AttentionWay(variant.Warpgroups))
            : [];

    /// <summary>As <see cref="Attention.Forward"/>, into tensors that are there.</summary>
    internal static void Launch(
        AttentionWay way, Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, AttentionPlan plan,
        LaunchCost cost) =>
        q.Device.Load(s_source, q.Type, Variant(way, plan.Channels)).Kernel("AttentionWarpgroup").Launch(
            Blocks(way, plan, plan.Queries, ownTiles: 0) with { Cost = cost }, q, Tokens(k), Tokens(v), y, logSumExp,
            KernelArgument.Structure(ref plan));

    /// <returns>The variant for heads of so many channels.</returns>
    internal static string Variant(AttentionWay way, int channels) => Define((HeadPieces(channels), way.Warpgroups));

    /// <returns>The defines of a kernel.</returns>
    internal static string Define((int HeadPieces, int Warpgroups) variant) =>
        $"HeadPieces={variant.HeadPieces};Warpgroups={variant.Warpgroups};HasWarpgroups=1";

    /// <returns>How a kernel is given tokens that the hardware copies: tiles of one head.</returns>
    internal static KernelArgument Tokens(Tensor x) => KernelArgument.Mapped(
        x, TensorMap.OfBoxes(
            x.Type, [x.Shape[3], x.Shape[2], x.Shape[1], x.Shape[0]], [TensorMap.RowLength(x.Type), 1, TileTokens, 1]));

    /// <returns>A block for every tile of the tokens, with so many tiles of its own for each warpgroup.</returns>
    internal static LaunchShape Blocks(AttentionWay way, AttentionPlan plan, int tokens, int ownTiles)
    {
        int boxes = ((HeadPieces(plan.Channels) * ChunkLength) + BoxChannels - 1) / BoxChannels;
        int stages = boxes > 2 ? 2 : 3;
        int tiles = (2 * stages) + (ownTiles * way.Warpgroups);
        int rows = TileTokens * way.Warpgroups;
        return new LaunchShape(
            plan.Pairs * ((tokens + rows - 1) / rows), 1, 1, 128 * way.Warpgroups,
            Alignment + (tiles * boxes * TileTokens * RowBytes));
    }

    private static int HeadPieces(int channels) =>
        s_variants.First(variant => variant.HeadPieces * ChunkLength >= channels).HeadPieces;
}
