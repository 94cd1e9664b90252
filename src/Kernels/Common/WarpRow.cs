namespace GenKernels.Kernels.Common;

/// <summary>How threads share the rows of matrices in <c>WarpRow.cuh</c>: the defines of its kernels.</summary>
/// <param name="PackWidth">Neighbouring elements that a thread takes at once.</param>
/// <param name="Lanes">Neighbouring threads that share a row, <c>RowLanes</c>.</param>
/// <param name="HeldPacks">
/// Packs of a row that each of them holds in registers; 0 where rows are re-read instead.
/// </param>
internal readonly record struct WarpRow(int PackWidth, int Lanes, int HeldPacks)
{
    // Threads of a block: few, so that even a few thousand short rows yield a block for every multiprocessor.
    internal const int BlockThreads = 128;

    private const int WarpSize = 32;

    // With 16-byte packs, these fill whole cache lines.
    private const int FewestLanes = 8;

    // A row with more than FewPacks packs a lane gets more lanes; a lane of a whole warp holds up to MostPacks.
    private const int FewPacks = 5;
    private const int MostPacks = 10;

    /// <summary>An example of each kind; other numbers of lanes and packs are valid too.</summary>
    internal static readonly string[] Examples =
    [
        new WarpRow(1, 1, 0).ToString(), new WarpRow(1, WarpSize, FewPacks).ToString(),
        new WarpRow(2, WarpSize, MostPacks).ToString(), new WarpRow(4, WarpSize, 0).ToString(),
        new WarpRow(8, FewestLanes, FewPacks).ToString(),
    ];

    /// <param name="tensors">
    /// Tensors of one type and one number of channels (the last axis); null for an absent one.
    /// </param>
    /// <returns>
    /// On the host, one thread a row; otherwise the fewest lanes that can hold a row, or a warp, which re-reads a row
    /// too long to hold.
    /// </returns>
    internal static WarpRow Of(params ReadOnlySpan<Tensor?> tensors)
    {
        if (tensors[0]!.Device.WarpSize == 1) return new WarpRow(1, 1, 0);
        int width = PackWidths.For(tensors);
        int packs = Math.Max(1, tensors[0]!.Shape[^1] / width);
        int lanes = FewestLanes;
        while (lanes < WarpSize && packs > lanes * FewPacks) lanes *= 2;
        int held = Quotient.Up(packs, lanes);
        return new WarpRow(width, lanes, held <= MostPacks ? held : 0);
    }

    /// <returns>A launch that processes every row once.</returns>
    internal LaunchShape Shape(Device device, long rowCount)
    {
        int block = device.WarpSize == 1 ? 1 : BlockThreads;
        int blockRows = block / Lanes;
        return new LaunchShape(Math.Max(1, Quotient.Up(rowCount, blockRows)), 1, 1, block);
    }

    /// <returns>The defines.</returns>
    public override string ToString() => $"{PackWidths.Variant(PackWidth)};RowLanes={Lanes};HeldPacks={HeldPacks}";
}
