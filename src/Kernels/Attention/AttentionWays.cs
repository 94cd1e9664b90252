namespace GenKernels.Kernels.Attention;

/// <summary>The ways to compute an attention by warpgroups, by the most channels of a head.</summary>
/// <param name="all">
/// The pieces of 8 channels that a head has at most, and a way for it: the shortest heads first, and for each length
/// the rule's way first.
/// </param>
internal sealed class AttentionWays(params (int HeadPieces, AttentionWay Way)[] all)
{
    private const int PieceLength = 8;

    /// <summary>The defines of every way.</summary>
    internal string[] Variants => [.. all.Select(known => Define(known.HeadPieces, known.Way))];

    /// <returns>The first way for a head; warps where the device or the head allows no warpgroups.</returns>
    /// <param name="device">That computes.</param>
    /// <param name="channels">Of the head.</param>
    internal AttentionWay Rule(Device device, int channels)
    {
        foreach ((int pieces, AttentionWay way) in all)
        {
            if (device.HasWarpgroupProducts && pieces * PieceLength >= channels) return way;
        }

        return AttentionWay.Warps;
    }

    /// <returns>All ways for a head; none where the device or the head allows no warpgroups.</returns>
    /// <param name="device">That computes.</param>
    /// <param name="channels">Of the head.</param>
    internal IEnumerable<AttentionWay> For(Device device, int channels) =>
        Rule(device, channels) == AttentionWay.Warps
            ? []
            : all.Where(known => known.HeadPieces == HeadPieces(channels)).Select(known => known.Way);

    /// <returns>The channels that a head is padded to.</returns>
    internal int HeadChannels(int channels) => HeadPieces(channels) * PieceLength;

    /// <returns>The defines that a kernel is compiled with.</returns>
    internal string Variant(AttentionWay way, int channels) => Define(HeadPieces(channels), way);

    private int HeadPieces(int channels) => all.First(known => known.HeadPieces * PieceLength >= channels).HeadPieces;

    private static string Define(int headPieces, AttentionWay way) =>
        $"HeadPieces={headPieces};Warpgroups={way.Warpgroups};TileTokens={way.TileTokens};HasWarpgroups=1";
}
