namespace GenKernels.Kernels.MatrixProduct;

/// <summary>How a matrix product is tiled on tensor cores; see <c>TensorTile.cuh</c>.</summary>
/// <param name="Rows">Rows of a block's tile.</param>
/// <param name="Columns">Columns of a block's tile.</param>
/// <param name="WarpsDown">Warps that divide the tile's rows.</param>
/// <param name="WarpsAcross">Warps that divide the tile's columns.</param>
/// <param name="Stages">Stages of the shared-memory ring: k-slices of the operands in flight or in use.</param>
/// <param name="HasWarpgroups">Whether four warps multiply as one (wgmma), where <see cref="Fits"/> allows it.</param>
internal sealed record MatrixTiling(
    int Rows, int Columns, int WarpsDown, int WarpsAcross, int Stages, bool HasWarpgroups = false)
{
    // The ring of a warpgroup tiling begins at a multiple of this many bytes.
    private const int RingAlignment = 1024;

    private const int BoxColumns = 64;

    // Blocks that keep a large current GPU busy, and the fewest bytes of K worth a split-K part. They determine the
    // order of the additions, so they must not depend on the device.
    private const int ManyBlocks = 128;
    private const int FewestBytes = 1024;
    private const int MostParts = 16;

    /// <summary>
    /// The tilings for every device, largest first. Of the first two, the one with four warps reads two thirds as much
    /// from shared memory; eight warps hide more latency where a multiprocessor has room for one block.
    /// </summary>
    internal static MatrixTiling[] All { get; } =
    [
        new(128, 128, 2, 2, 4), new(128, 128, 2, 4, 4), new(128, 64, 2, 2, 4), new(64, 64, 2, 2, 4),
    ];

    /// <summary>
    /// The tilings for warpgroups, largest first: the first has three warpgroups, the others two. A thread accumulates
    /// 128, 160, 128, 128, 64 and 32 sums. A multiprocessor has room for one block of the first four and for two of the
    /// others, one of which multiplies while the other stores. The first two are for results that the others cut into
    /// slightly more tiles than a device has multiprocessors.
    /// </summary>
    internal static MatrixTiling[] Warpgroups { get; } =
    [
        new(192, 256, 12, 1, 3, true), new(256, 160, 8, 1, 3, true), new(128, 256, 8, 1, 4, true),
        new(256, 128, 8, 1, 4, true), new(128, 128, 8, 1, 3, true), new(128, 64, 8, 1, 4, true),
    ];

    /// <summary>Threads of a block.</summary>
    internal int Threads => 32 * WarpsDown * WarpsAcross;

    /// <summary>Dynamic shared memory of a block in bytes: the ring, whose memory is reused for the sums.</summary>
    internal int SharedBytes => Math.Max(
        (Stages * (Rows + StagedColumns) * SliceBytes) + (HasWarpgroups ? RingAlignment : 0),
        Rows * (Columns + 8) * sizeof(float));

    /// <summary>The defines of a kernel.</summary>
    internal string Variant =>
        $"TileRows={Rows};TileColumns={Columns};WarpsDown={WarpsDown};WarpsAcross={WarpsAcross};Stages={Stages}"
        + (HasWarpgroups ? ";HasWarpgroups=1" : "");

    /// <summary>The tiling as it stands in tables, a tuner's among them.</summary>
    public override string ToString() =>
        $"{Rows}x{Columns}, {WarpsDown}x{WarpsAcross} warps, {Stages} stages{(HasWarpgroups ? ", warpgroups" : "")}";

    /// <summary>As <see cref="SharedBytes"/>, with a scale for every element of K in a slice.</summary>
    internal int SharedBytesWithScales => Math.Max(Stages * (Rows + Columns + 1) * SliceBytes, SharedBytes);

    /// <summary>Whether its columns fill whole boxes of an N-major operand, as the hardware copies them.</summary>
    internal bool HasWholeBoxes => Columns % BoxColumns == 0;

    // As in the kernel: an N-major operand is copied in whole boxes.
    private int StagedColumns => HasWarpgroups ? Quotient.Up(Columns, BoxColumns) * BoxColumns : Columns;

    // Bytes of K in a slice.
    private int SliceBytes => HasWarpgroups ? 128 : 64;

    /// <returns>All tilings that fit, those for every device first.</returns>
    /// <param name="device">The device that multiplies.</param>
    /// <param name="type">Type of the elements.</param>
    /// <param name="isPlain">
    /// Whether the operands are multiplied as stored, and can be copied in boxes: <see cref="TensorMap"/>.
    /// </param>
    internal static IEnumerable<MatrixTiling> Candidates(Device device, ElementType type, bool isPlain = true) =>
        All.Concat(Warpgroups).Where(tiling => tiling.Fits(device, type, isPlain));

    /// <returns>
    /// The largest tiling that yields enough tiles and whose width is more than half filled; else the smallest.
    /// </returns>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="batch">Products in the batch.</param>
    internal static MatrixTiling For(long rows, int columns, long batch) =>
        All.FirstOrDefault(tiling =>
            tiling.TileCount(rows, columns) * batch >= ManyBlocks && tiling.Columns < columns + (tiling.Columns / 2))
        ?? All[^1];

    /// <returns>
    /// Whether the tiling can be used: warpgroups need 16-bit elements, plain operands and a device that has wgmma.
    /// </returns>
    /// <inheritdoc cref="Candidates" path="/param"/>
    internal bool Fits(Device device, ElementType type, bool isPlain = true) =>
        !HasWarpgroups || (device.HasWarpgroupProducts && TensorCores.WarpgroupTypes.Contains(type) && isPlain);

    /// <summary>Checks a tiling that was asked for.</summary>
    /// <exception cref="ArgumentException">It does not fit.</exception>
    internal void RequireFits(Tensor x, bool isPlain = true)
    {
        if (Fits(x.Device, x.Type, isPlain)) return;
        throw new ArgumentException(
            $"tiles of {Rows} x {Columns} by warpgroups are for 16-bit floats as they lie, in whole chunks, on a "
            + $"device of compute capability 9.0; these are {x.Type}"
            + $"{(isPlain ? "" : " otherwise")} on {x.Device.Name}");
    }

    /// <returns>An operand as a kernel's argument: for warpgroups a map of boxes, otherwise a pointer.</returns>
    /// <param name="operand">The matrices.</param>
    /// <param name="shape">Their layout: matrices, rows, elements of a row.</param>
    /// <param name="isKMajor">Whether the operand is K-major: its rows lie along K, not across it.</param>
    /// <param name="extent">Extent of the tile: <see cref="Rows"/> or <see cref="Columns"/>.</param>
    internal KernelArgument Operand(Tensor operand, Shape shape, bool isKMajor, int extent) =>
        !HasWarpgroups ? operand : KernelArgument.Mapped(
            operand, TensorMap.OfMatrices(
                operand.Type, shape[2], shape[1], shape[0], isKMajor ? extent : TensorMap.RowLength(operand.Type)));

    /// <returns>K of a convolution; for warpgroups each tap's channels are padded to whole slices.</returns>
    internal long DepthOf(long taps, int channels)
    {
        if (!HasWarpgroups) return taps * channels;
        int length = TensorMap.RowLength(TensorCores.WarpgroupTypes[0]);  // 16-bit elements
        return taps * (Quotient.Up(channels, length) * length);
    }

    /// <returns>Tiles that cover a result.</returns>
    internal long TileCount(long rows, int columns) =>
        Quotient.Up(rows, Rows) * Quotient.Up(columns, Columns);

    /// <returns>
    /// The parts of K that are summed by separate blocks (split-K), and the k-slices of a part: several parts where the
    /// tiles alone would leave a GPU idle.
    /// </returns>
    /// <param name="blocks">Tiles of all results.</param>
    /// <param name="depth">Terms of a sum (K).</param>
    /// <param name="type">Type of the elements.</param>
    /// <param name="parts">The number of parts asked for; null for the rule's.</param>
    internal (int Parts, int Slices) Division(long blocks, long depth, ElementType type, int? parts = null)
    {
        int perSlice = SliceBytes / type.Size();
        int slices = (int)Quotient.Up(depth, perSlice);
        long wanted = Math.Min(MostParts, Quotient.Up(ManyBlocks, blocks));
        int count = parts ?? (int)Math.Clamp((long)slices * SliceBytes / FewestBytes, 1, wanted);
        int ofPart = Math.Max(1, Quotient.Up(slices, count));
        return (Math.Max(1, Quotient.Up(slices, ofPart)), ofPart);
    }
}
