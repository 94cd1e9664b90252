namespace GenKernels.Kernels.Common;

/// <summary>How the threads of <c>WarpRow.cuh</c> share the rows of matrices: the defines of its kernels.</summary>
/// <param name="PackWidth">Neighbouring elements that a thread takes at once.</param>
/// <param name="Lanes">Neighbouring threads that take a row, <c>RowLanes</c>.</param>
/// <param name="HeldPacks">What each of them keeps of a row in registers, or 0.</param>
internal readonly record struct WarpRow(int PackWidth, int Lanes, int HeldPacks)
{
    // Threads of a block: few, so that a few thousand short rows have a block for every multiprocessor.
    internal const int BlockThreads = 128;

    private const int WarpSize = 32;

    // Of 16-byte packs: whole lines of the cache.
    private const int FewestLanes = 8;

    // More lanes take a row that has more packs than this for each; more still are held where there are no more lanes.
    private const int FewPacks = 5;
    private const int MostPacks = 10;

    /// <summary>Each way of taking a row; other numbers of lanes and packs are as good.</summary>
    internal static readonly string[] Examples =
    [
        new WarpRow(1, 1, 0).ToString(), new WarpRow(1, WarpSize, FewPacks).ToString(),
        new WarpRow(2, WarpSize, MostPacks).ToString(), new WarpRow(4, WarpSize, 0).ToString(),
        new WarpRow(8, FewestLanes, FewPacks).ToString(),
    ];

    /// <param name="tensors">Of one type and number of channels, the last axis; null where there is none.</param>
    /// <returns>
    /// On the host one thread a row; else as few lanes as can keep a row, or a warp, which may read a long one again.
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

    /// <returns>Blocks that take every row once.</returns>
    internal LaunchShape Shape(Device device, long rowCount)
    {
        int block = device.WarpSize == 1 ? 1 : BlockThreads;
        int blockRows = block / Lanes;
        return new LaunchShape(Math.Max(1, Quotient.Up(rowCount, blockRows)), 1, 1, block);
    }

    /// <returns>The defines.</returns>
    public override string ToString() => $"{PackWidths.Variant(PackWidth)};RowLanes={Lanes};HeldPacks={HeldPacks}";
}
