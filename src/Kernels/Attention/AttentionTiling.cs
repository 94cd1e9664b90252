namespace GenKernels.Kernels.Attention;

/// <summary>How attention of 16-bit floats is computed on tensor cores.</summary>
/// <param name="Warpgroups">
/// Consumer warpgroups of a block, on devices with wgmma; 0 where every warp multiplies by itself.
/// </param>
/// <param name="TileTokens">Tokens of a tile that a warpgroup processes at a time.</param>
internal readonly record struct AttentionTiling(int Warpgroups, int TileTokens)
{
    /// <summary>Every warp multiplies by itself (mma.sync).</summary>
    internal static AttentionTiling Warps => default;

    /// <summary>The name of the tiling in a tuner's tables.</summary>
    public override string ToString() => Warpgroups == 0 ? "warps" : $"{Warpgroups} warpgroups, tiles of {TileTokens}";
}
