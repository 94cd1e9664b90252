namespace GenKernels.Kernels.Attention;

/// <summary>How attention of 16-bit floats is computed on tensor cores.</summary>
/// <param name="Warpgroups">
/// Of a block: four warps multiply as one, where the device has such products. 0 where every warp does by itself.
/// </param>
/// <param name="TileTokens">That a warpgroup meets at a time.</param>
internal readonly record struct AttentionWay(int Warpgroups, int TileTokens)
{
    /// <summary>Every warp by itself.</summary>
    internal static AttentionWay Warps => default;

    /// <summary>Names it in the tables of a tuner.</summary>
    public override string ToString() => Warpgroups == 0 ? "warps" : $"{Warpgroups} warpgroups, tiles of {TileTokens}";
}
