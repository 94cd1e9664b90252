namespace GenKernels.Kernels.Attention;

/// <summary>The ways to compute an attention by warpgroups, for heads of up to so many channels.</summary>
/// <param name="all">
/// The pieces of 8 channels that a head has at most, and a way: the shortest heads first, and of a length the rule's.
/// </param>
internal sealed class AttentionWays(params (int HeadPieces, AttentionWay Way)[] all)
{
    private const int PieceLength = 8;

    /// <summary>The defines of all.</summary>
    internal string[] Variants => [.. all.Select(known => Define(known.HeadPieces, known.Way))];

    /// <returns>The first of those for a head, and where there are none, warps by themselves.</returns>
    /// <param name="device">Where.</param>
    /// <param name="channels">Of the head.</param>
    internal AttentionWay Rule(Device device, int channels)
    {
        foreach ((int pieces, AttentionWay way) in all)
        {
            if (device.HasWarpgroupProducts && pieces * PieceLength >= channels) return way;
        }

        return AttentionWay.Warps;
    }

    /// <returns>Those for a head; none where warps are by themselves.</returns>
    /// <param name="device">Where.</param>
    /// <param name="channels">Of the head.</param>
    internal IEnumerable<AttentionWay> For(Device device, int channels) =>
        Rule(device, channels) == AttentionWay.Warps
            ? []
            : all.Where(known => known.HeadPieces == HeadPieces(channels)).Select(known => known.Way);

    /// <returns>To how many channels a head is padded.</returns>
    internal int HeadChannels(int channels) => HeadPieces(channels) * PieceLength;

    /// <returns>The defines of a kernel.</returns>
    internal string Variant(AttentionWay way, int channels) => Define(HeadPieces(channels), way);

    private int HeadPieces(int channels) => all.First(known => known.HeadPieces * PieceLength >= channels).HeadPieces;

    private static string Define(int headPieces, AttentionWay way) =>
        $"HeadPieces={headPieces};Warpgroups={way.Warpgroups};TileTokens={way.TileTokens};HasWarpgroups=1";
}
