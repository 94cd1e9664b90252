namespace GenKernels.Kernels.Attention;

/// <summary>Launches <c>AttentionWarpgroup.cu</c>: attention of 16-bit floats by warpgroups.</summary>
internal static class AttentionWarpgroup
{
    private const int OwnTokens = 64;
    private const int ChunkLength = 8;
    private const int BoxChannels = 64;
    private const int RowBytes = 128;

    // As in the kernels: larger tiles leave room for fewer.
    private const int LargeTile = 24576;

    // Shared memory begins at the first multiple of this.
    private const int Alignment = 1024;

    // For heads of up to 40, 64, 80 and 160 channels; of more tokens or warpgroups registers hold too little.
    private static readonly (int HeadPieces, AttentionWay Way)[] s_variants =
    [
        (5, new(2, 64)), (5, new(2, 128)), (5, new(3, 128)), (8, new(2, 128)), (8, new(3, 64)), (10, new(2, 128)),
        (10, new(3, 64)), (20, new(2, 64)),
    ];

    private static readonly KernelSource s_source =
        Source("Attention/AttentionWarpgroup.cu", AttentionTensor.Types, [.. s_variants.Select(Define)]);

    /// <summary>The kernel's file.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <returns>The first of <see cref="Ways"/>, and where there are none, warps by themselves.</returns>
    internal static AttentionWay Rule(Device device, int channels)
    {
        foreach ((int pieces, AttentionWay way) in s_variants)
        {
            if (device.HasWarpgroupProducts && pieces * ChunkLength >= channels) return way;
        }

        return AttentionWay.Warps;
    }

    /// <returns>The ways to do by warpgroups what <see cref="AttentionTensor.Fits"/> says of tensor cores.</returns>
    internal static IEnumerable<AttentionWay> Ways(Device device, int channels) =>
        Rule(device, channels) != AttentionWay.Warps
            ? s_variants.Where(variant => variant.HeadPieces == HeadPieces(channels)).Select(variant => variant.Way)
            : [];

    /// <summary>As <see cref="Attention.Forward"/>, into tensors that are there.</summary>
    internal static void Launch(
        AttentionWay way, Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, AttentionPlan plan,
        LaunchCost cost) =>
        q.Device.Load(s_source, q.Type, Variant(way, plan.Channels)).Kernel("AttentionWarpgroup").Launch(
            Blocks(way, plan, plan.Queries, ownTiles: 0) with { Cost = cost }, q, Tokens(k, way), Tokens(v, way), y,
            logSumExp, KernelArgument.Structure(ref plan));

    /// <returns>The variant for heads of so many channels.</returns>
    internal static string Variant(AttentionWay way, int channels) => Define((HeadPieces(channels), way));

    /// <returns>The defines of a kernel.</returns>
    internal static string Define((int HeadPieces, AttentionWay Way) variant) =>
        $"HeadPieces={variant.HeadPieces};Warpgroups={variant.Way.Warpgroups};TileTokens={variant.Way.TileTokens};"
        + "HasWarpgroups=1";

    /// <returns>How a kernel is given tokens that the hardware copies: tiles of one head.</returns>
    internal static KernelArgument Tokens(Tensor x, AttentionWay way) => KernelArgument.Mapped(
        x, TensorMap.OfBoxes(
            x.Type, [x.Shape[3], x.Shape[2], x.Shape[1], x.Shape[0]],
            [TensorMap.RowLength(x.Type), 1, way.TileTokens, 1]));

    /// <returns>A block for every tile of the tokens, with so many tiles of its own for each warpgroup.</returns>
    internal static LaunchShape Blocks(AttentionWay way, AttentionPlan plan, int tokens, int ownTiles)
    {
        int boxes = ((HeadPieces(plan.Channels) * ChunkLength) + BoxChannels - 1) / BoxChannels;
        int tileBytes = boxes * way.TileTokens * RowBytes;
        int stages = tileBytes > LargeTile ? 3 : 4;
        int tiles = (2 * stages) + (ownTiles * way.Warpgroups);
        int rows = OwnTokens * way.Warpgroups;
        return new LaunchShape(
            plan.Pairs * ((tokens + rows - 1) / rows), 1, 1, 128 * way.Warpgroups, Alignment + (tiles * tileBytes));
    }

    private static int HeadPieces(int channels) =>
        s_variants.First(variant => variant.HeadPieces * ChunkLength >= channels).HeadPieces;
}
