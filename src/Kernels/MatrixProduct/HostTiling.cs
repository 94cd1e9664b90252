namespace GenKernels.Kernels.MatrixProduct;

/// <summary>
/// The tiles that a product is divided into on the CPU, one per core at a time. A function of the sizes alone, so that
/// results do not depend on the number of cores.
/// </summary>
/// <param name="Rows">Rows of a tile.</param>
/// <param name="Columns">Columns of a tile.</param>
internal readonly record struct HostTiling(int Rows, int Columns)
{
    // OpenBLAS copies the operands of every tile in an order of its own, which smaller tiles repeat more often.
    private const int FewestRows = 64;
    private const int FewestColumns = 128;

    // More tiles than most CPUs have cores are of no use, nor are tiles of less than some 10 microseconds.
    private const int EnoughTiles = 16;
    private const long FewestOperations = 1_000_000;

    private static HostTiling Largest => new(256, 512);

    /// <returns>Large tiles, halved where they would be too few for the cores.</returns>
    internal static HostTiling Of(MatMulSize size)
    {
        HostTiling tiling = Largest;
        while (tiling.Tiles(size) < EnoughTiles && tiling.Half(size) is { } half && half.HasLongTiles(size))
        {
            tiling = half;
        }

        return tiling;
    }

    /// <returns>Whether a tile is worth a core's while.</returns>
    internal bool HasLongTiles(MatMulSize size) => size.Operations / Tiles(size) >= FewestOperations;

    /// <returns>The tiles of all products of a batch.</returns>
    internal long Tiles(MatMulSize size) =>
        (long)size.Batch * Quotient.Up(size.M, Rows) * Quotient.Up(size.N, Columns);

    /// <returns>Tiles divided in two along their longer edge; null where neither may be shorter.</returns>
    private HostTiling? Half(MatMulSize size)
    {
        bool isWide = Math.Min(Columns, size.N) >= Math.Min(Rows, size.M);
        if (Columns > FewestColumns && (isWide || Rows == FewestRows)) return this with { Columns = Columns / 2 };
        return Rows > FewestRows ? this with { Rows = Rows / 2 } : null;
    }
}
