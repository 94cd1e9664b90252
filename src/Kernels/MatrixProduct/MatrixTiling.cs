namespace GenKernels.Kernels.MatrixProduct;

/// <summary>How a matrix product is divided on tensor cores; see <c>TensorTile.cuh</c>.</summary>
/// <param name="Rows">Of the result, for a block.</param>
/// <param name="Columns">Of the result, for a block.</param>
/// <param name="WarpsDown">Warps that share the rows out.</param>
/// <param name="WarpsAcross">Warps that share the columns out.</param>
/// <param name="Stages">Slices of the operands that are on their way at once, and those in use.</param>
/// <param name="HasWarpgroups">Whether four warps multiply as one, which <see cref="Fits"/> must allow.</param>
internal sealed record MatrixTiling(
    int Rows, int Columns, int WarpsDown, int WarpsAcross, int Stages, bool HasWarpgroups = false)
{
    // A ring of slices for warpgroups begins at a multiple of this.
    private const int RingAlignment = 1024;

    private const int BoxColumns = 64;

    // Blocks that keep a large GPU of today busy, and the least of a depth that is worth a part of its own. They decide
    // the order of the additions, so that they must not depend on the device.
    private const int ManyBlocks = 128;
    private const int FewestBytes = 1024;
    private const int MostParts = 16;

    /// <summary>
    /// Those for every device, the largest first. Of the first two, four warps read two thirds of what eight do from
    /// shared memory, and eight hide more where a multiprocessor has room for one block.
    /// </summary>
    internal static MatrixTiling[] All { get; } =
    [
        new(128, 128, 2, 2, 4), new(128, 128, 2, 4, 4), new(128, 64, 2, 2, 4), new(64, 64, 2, 2, 4),
    ];

    /// <summary>
    /// Those of two warpgroups, and one of three, the largest first: a thread keeps 128, 160, 128, 128, 64 and 32 sums.
    /// A multiprocessor has room for one block of the first four and for two of the others, one of which multiplies
    /// while the other stores. The first two are for results that the others cut into a little more tiles than a
    /// device has multiprocessors.
    /// </summary>
    internal static MatrixTiling[] Warpgroups { get; } =
    [
        new(192, 256, 12, 1, 3, true), new(256, 160, 8, 1, 3, true), new(128, 256, 8, 1, 4, true),
        new(256, 128, 8, 1, 4, true), new(128, 128, 8, 1, 3, true), new(128, 64, 8, 1, 4, true),
    ];

    /// <summary>Threads of a block.</summary>
    internal int Threads => 32 * WarpsDown * WarpsAcross;

    /// <summary>Dynamic shared memory of a block in bytes: the ring of slices, then the sums in its place.</summary>
    internal int SharedBytes => Math.Max(
        (Stages * (Rows + StagedColumns) * SliceBytes) + (HasWarpgroups ? RingAlignment : 0),
        Rows * (Columns + 8) * sizeof(float));

    /// <summary>The defines of a kernel.</summary>
    internal string Variant =>
        $"TileRows={Rows};TileColumns={Columns};WarpsDown={WarpsDown};WarpsAcross={WarpsAcross};Stages={Stages}"
        + (HasWarpgroups ? ";HasWarpgroups=1" : "");

    /// <summary>Names it in tables, those of a tuner among them.</summary>
    public override string ToString() =>
        $"{Rows}x{Columns}, {WarpsDown}x{WarpsAcross} warps, {Stages} stages{(HasWarpgroups ? ", warpgroups" : "")}";

    /// <summary>As <see cref="SharedBytes"/>, with scales along the depth.</summary>
    internal int SharedBytesWithScales => Math.Max(Stages * (Rows + Columns + 1) * SliceBytes, SharedBytes);

    /// <summary>Whether its columns are whole boxes of those that the hardware copies across the depth.</summary>
    internal bool HasWholeBoxes => Columns % BoxColumns == 0;

    // As in the kernel: boxes across the depth are whole.
    private int StagedColumns => HasWarpgroups ? Quotient.Up(Columns, BoxColumns) * BoxColumns : Columns;

    // Of the depth.
    private int SliceBytes => HasWarpgroups ? 128 : 64;

    /// <returns>All that can be asked for, those for every device first.</returns>
    /// <param name="device">That multiplies.</param>
    /// <param name="type">Of the elements.</param>
    /// <param name="isPlain">
    /// Whether operands are multiplied as they lie, and can be copied in boxes: <see cref="TensorMap"/>.
    /// </param>
    internal static IEnumerable<MatrixTiling> Candidates(Device device, ElementType type, bool isPlain = true) =>
        All.Concat(Warpgroups).Where(tiling => tiling.Fits(device, type, isPlain));

    /// <returns>The largest tiles that there are enough of, and that columns fill; else the smallest.</returns>
    /// <param name="rows">Of the result.</param>
    /// <param name="columns">Of the result.</param>
    /// <param name="batch">Products.</param>
    internal static MatrixTiling For(long rows, int columns, long batch) =>
        All.FirstOrDefault(tiling =>
            tiling.TileCount(rows, columns) * batch >= ManyBlocks && tiling.Columns < columns + (tiling.Columns / 2))
        ?? All[^1];

    /// <returns>
    /// Whether such tiles can be had: warpgroups multiply 16-bit elements as they come, where the device has them.
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

    /// <returns>How a kernel is given an operand: by warpgroups it is copied in boxes.</returns>
    /// <param name="operand">Matrices.</param>
    /// <param name="shape">How they lie: matrices, rows, elements of a row.</param>
    /// <param name="isAlong">Whether rows lie along the depth, and not across it.</param>
    /// <param name="extent">Of the tile: <see cref="Rows"/> or <see cref="Columns"/>.</param>
    internal KernelArgument Operand(Tensor operand, Shape shape, bool isAlong, int extent) =>
        !HasWarpgroups ? operand : KernelArgument.Mapped(
            operand, TensorMap.OfMatrices(
                operand.Type, shape[2], shape[1], shape[0], isAlong ? extent : TensorMap.RowLength(operand.Type)));

    /// <returns>Elements that taps by channels take: by warpgroups a slice has channels of one tap.</returns>
    internal long DepthOf(long taps, int channels)
    {
        if (!HasWarpgroups) return taps * channels;
        int length = TensorMap.RowLength(TensorCores.WarpgroupTypes[0]);  // of elements of 16 bits
        return taps * (Quotient.Up(channels, length) * length);
    }

    /// <returns>Tiles of a result.</returns>
    internal long TileCount(long rows, int columns) =>
        Quotient.Up(rows, Rows) * Quotient.Up(columns, Columns);

    /// <returns>
    /// Parts of the depth that are summed by blocks of their own (split-K), and the slices of a part: several where
    /// tiles alone leave a GPU idle.
    /// </returns>
    /// <param name="blocks">Tiles in all.</param>
    /// <param name="depth">Elements that a sum has.</param>
    /// <param name="type">Of the elements.</param>
    /// <param name="parts">Asked for, or null.</param>
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
