namespace GenKernels.Runtime;

/// <summary>A launch configuration: grid, block and dynamic shared memory.</summary>
/// <param name="GridX">Blocks along x, at least 1, at most 2^31 - 1.</param>
/// <param name="GridY">Blocks along y, at least 1, at most 65,535.</param>
/// <param name="GridZ">Blocks along z, at least 1, at most 65,535.</param>
/// <param name="BlockX">Threads of a block, all along x; at most 1,024.</param>
/// <param name="SharedBytes">Dynamic shared memory of a block in bytes.</param>
public readonly record struct LaunchShape(long GridX, int GridY, int GridZ, int BlockX, int SharedBytes = 0)
{
    /// <summary>
    /// The block size of elementwise and row kernels on devices with warps. It divides the 1,536 or 2,048 threads that
    /// a multiprocessor holds, so that registers alone limit occupancy. Not measured against other sizes.
    /// </summary>
    public const int DefaultBlock = 256;

    /// <summary>
    /// Elements that one block of an elementwise kernel processes; equal to the kernels' <c>ElementsPerBlock</c>.
    /// </summary>
    public const int ElementsPerBlock = 4096;

    /// <summary>The most blocks of a grid along y, and likewise along z.</summary>
    internal const int MostAcross = 65_535;

    /// <summary>
    /// Whether every block runs long enough to be worth waking a core for. Of other launches the CPU runs the first
    /// block alone, to time whether the rest is worth spreading over the cores.
    /// </summary>
    public bool HasLongBlocks { get; init; }

    /// <summary>
    /// Whether the output may depend on the order in which threads run, as a list that a later launch sorts does:
    /// <see cref="Sanitizer.Order"/> does not check such a launch.
    /// </summary>
    public bool LeavesAnyOrder { get; init; }

    /// <summary>The least work of the launch, for profiles.</summary>
    public LaunchCost Cost { get; init; }

    /// <summary>The number of blocks.</summary>
    public long BlockCount => GridX * GridY * GridZ;

    /// <summary>Whether there is a block at all; a GPU refuses an empty grid.</summary>
    internal bool HasBlocks => GridX > 0 && GridY > 0 && GridZ > 0;

    /// <summary>Whether the grid is within a GPU's limits.</summary>
    internal bool FitsGrid => GridX <= int.MaxValue && GridY <= MostAcross && GridZ <= MostAcross;

    /// <returns>One block per <see cref="ElementsPerBlock"/> elements.</returns>
    public static LaunchShape Elements(Device device, long elementCount) =>
        Blocks(device, AtLeastOne(Quotient.Up(elementCount, ElementsPerBlock)));

    /// <returns>One warp per row: blocks of eight warps, or of one thread where a warp is one thread.</returns>
    public static LaunchShape WarpPerRow(Device device, long rowCount)
    {
        int block = device.WarpSize == 1 ? 1 : DefaultBlock;
        return new LaunchShape(AtLeastOne(Quotient.Up(rowCount, block / device.WarpSize)), 1, 1, block);
    }

    /// <returns>
    /// As many blocks along x as asked for, at least one, of the default size or of one thread where a warp is one.
    /// </returns>
    public static LaunchShape Blocks(Device device, long blockCount, int gridY = 1, int gridZ = 1) =>
        new(Math.Max(1, blockCount), gridY, gridZ, device.WarpSize == 1 ? 1 : DefaultBlock);

    /// <inheritdoc/>
    public override string ToString() => $"grid ({GridX}, {GridY}, {GridZ}), block ({BlockX}), shared {SharedBytes} B";

    private static long AtLeastOne(long blocks) => Math.Max(1, blocks);
}
