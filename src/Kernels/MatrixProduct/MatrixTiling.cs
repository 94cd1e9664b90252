namespace GenKernels.Kernels.MatrixProduct;

/// <summary>How a matrix product is divided on tensor cores; see <c>TensorTile.cuh</c>.</summary>
/// <param name="Rows">Of the result, for a block.</param>
/// <param name="Columns">Of the result, for a block.</param>
/// <param name="WarpsDown">Warps that share the rows out.</param>
/// <param name="WarpsAcross">Warps that share the columns out.</param>
/// <param name="Stages">Slices of the operands that are on their way at once, and the one in use.</param>
internal sealed record MatrixTiling(int Rows, int Columns, int WarpsDown, int WarpsAcross, int Stages)
{
    // Bytes of the depth that a slice has.
    private const int SliceBytes = 64;

    // Blocks that keep a large GPU of today busy, and the fewest slices worth a part of their own. They decide the
    // order of the additions, so that they must not depend on the device.
    private const int ManyBlocks = 128;
    private const int FewestSlices = 16;
    private const int MostParts = 16;

    /// <summary>All of them, the largest first.</summary>
    internal static MatrixTiling[] All { get; } = [new(128, 128, 2, 4, 4), new(128, 64, 2, 2, 4), new(64, 64, 2, 2, 4)];

    /// <summary>Threads of a block.</summary>
    internal int Threads => 32 * WarpsDown * WarpsAcross;

    /// <summary>Dynamic shared memory of a block in bytes: the ring of slices, then the sums in its place.</summary>
    internal int SharedBytes => Math.Max(Stages * (Rows + Columns) * SliceBytes, Rows * (Columns + 8) * sizeof(float));

    /// <summary>The defines of a kernel.</summary>
    internal string Variant =>
        $"TileRows={Rows};TileColumns={Columns};WarpsDown={WarpsDown};WarpsAcross={WarpsAcross};Stages={Stages}";

    /// <summary>Names it in the tables of a tuner.</summary>
    public override string ToString() => $"{Rows}x{Columns}, {WarpsDown}x{WarpsAcross} warps, {Stages} stages";

    /// <summary>As <see cref="SharedBytes"/>, with scales along the depth.</summary>
    internal int SharedBytesWithScales => Math.Max(Stages * (Rows + Columns + 1) * SliceBytes, SharedBytes);

    /// <returns>The largest tiles that there are enough of, and that columns fill; else the smallest.</returns>
    /// <param name="rows">Of the result.</param>
    /// <param name="columns">Of the result.</param>
    /// <param name="batch">Products.</param>
    internal static MatrixTiling For(long rows, int columns, long batch) =>
        All.FirstOrDefault(tiling =>
            tiling.TileCount(rows, columns) * batch >= ManyBlocks && tiling.Columns < columns + (tiling.Columns / 2))
        ?? All[^1];

    /// <returns>Tiles of a result.</returns>
    internal long TileCount(long rows, int columns) =>
        (rows + Rows - 1) / Rows * ((columns + Columns - 1) / Columns);

    /// <returns>
    /// Parts of the depth that are summed by blocks of their own, and the slices of a part: more than one where tiles
    /// alone leave a GPU idle.
    /// </returns>
    /// <param name="blocks">Tiles in all.</param>
    /// <param name="depth">Elements that a sum has.</param>
    /// <param name="type">Of the elements.</param>
    /// <param name="parts">Asked for, or null.</param>
    internal static (int Parts, int Slices) Division(long blocks, long depth, ElementType type, int? parts = null)
    {
        int perSlice = SliceBytes / type.Size();
        int slices = (int)((depth + perSlice - 1) / perSlice);
        long wanted = Math.Min(MostParts, (ManyBlocks + blocks - 1) / blocks);
        int count = parts ?? (int)Math.Clamp(slices / FewestSlices, 1, wanted);
        int ofPart = Math.Max(1, (slices + count - 1) / count);
        return (Math.Max(1, (slices + ofPart - 1) / ofPart), ofPart);
    }
}
