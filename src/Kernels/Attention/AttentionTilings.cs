namespace GenKernels.Kernels.Attention;

/// <summary>The tilings of attention by warpgroups, by the most channels of a head.</summary>
/// <param name="all">
/// The pieces of 8 channels that a head has at most, and a tiling for it: the shortest heads first, and for each
/// length the rule's tiling first.
/// </param>
internal sealed class AttentionTilings(params (int HeadPieces, AttentionTiling Tiling)[] all)
{
    private const int PieceLength = 8;

    /// <summary>The defines of every tiling.</summary>
    internal string[] Variants => [.. all.Select(known => Define(known.HeadPieces, known.Tiling))];

    /// <returns>The first tiling for a head; warps where the device or the head allows no warpgroups.</returns>
    /// <param name="device">That computes.</param>
    /// <param name="channels">Of the head.</param>
    internal AttentionTiling Rule(Device device, int channels)
    {
        foreach ((int pieces, AttentionTiling tiling) in all)
        {
            if (device.HasWarpgroupProducts && pieces * PieceLength >= channels) return tiling;
        }

        return AttentionTiling.Warps;
    }

    /// <returns>All tilings for a head; none where the device or the head allows no warpgroups.</returns>
    /// <param name="device">That computes.</param>
    /// <param name="channels">Of the head.</param>
    internal IEnumerable<AttentionTiling> For(Device device, int channels) =>
        Rule(device, channels) == AttentionTiling.Warps
            ? []
            : all.Where(known => known.HeadPieces == HeadPieces(channels)).Select(known => known.Tiling);

    /// <returns>The channels that a head is padded to.</returns>
    internal int HeadChannels(int channels) => HeadPieces(channels) * PieceLength;

    /// <returns>The defines that a kernel is compiled with.</returns>
    internal string Variant(AttentionTiling tiling, int channels) => Define(HeadPieces(channels), tiling);

    private int HeadPieces(int channels) => all.First(known => known.HeadPieces * PieceLength >= channels).HeadPieces;

    private static string Define(int headPieces, AttentionTiling tiling) =>
        $"HeadPieces={headPieces};Warpgroups={tiling.Warpgroups};TileTokens={tiling.TileTokens};HasWarpgroups=1";
}
