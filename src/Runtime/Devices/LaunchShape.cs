namespace GenKernels.Runtime;

/// <summary>How many blocks of how many threads a kernel is launched with.</summary>
/// <param name="GridX">Blocks along x, at least 1, at most 2^31 - 1.</param>
/// <param name="GridY">Blocks along y, at most 65,535.</param>
/// <param name="GridZ">Blocks along z, at most 65,535.</param>
/// <param name="BlockX">Threads of a block along x; at most 1,024 in all.</param>
/// <param name="SharedBytes">Dynamic shared memory of a block in bytes.</param>
public readonly record struct LaunchShape(long GridX, int GridY, int GridZ, int BlockX, int SharedBytes = 0)
{
    /// <summary>
    /// The block of elementwise and row kernels on devices with warps: what divides the 1,536 or 2,048 threads that a
    /// multiprocessor holds, so that registers alone limit how many are there. Not held against other sizes.
    /// </summary>
    public const int DefaultBlock = 256;

    /// <summary>
    /// Elements that one block of an elementwise kernel walks; the kernels' <c>ElementsPerBlock</c> is the same.
    /// </summary>
    public const int ElementsPerBlock = 4096;

    /// <summary>The most blocks of a grid along y, and along z.</summary>
    internal const int MostAcross = 65_535;

    /// <summary>
    /// Whether every block is worth waking a core for. The CPU runs the first block of other launches alone, to see
    /// whether the rest is worth sharing.
    /// </summary>
    public bool HasLongBlocks { get; init; }

    /// <summary>
    /// Whether the launch leaves something in the order in which its threads came, such as a list that a later launch
    /// sorts: <see cref="Sanitizer.Order"/> lets it pass.
    /// </summary>
    public bool LeavesAnyOrder { get; init; }

    /// <summary>What the launch must do at least, for those who measure it.</summary>
    public LaunchCost Cost { get; init; }

    /// <summary>The number of blocks.</summary>
    public long BlockCount => GridX * GridY * GridZ;

    /// <summary>Whether a GPU takes a grid of this size.</summary>
    internal bool FitsGrid => GridX <= int.MaxValue && GridY <= MostAcross && GridZ <= MostAcross;

    /// <returns>One block for every <see cref="ElementsPerBlock"/> elements.</returns>
    public static LaunchShape Elements(Device device, long elementCount) =>
        Blocks(device, AtLeastOne(Quotient.Up(elementCount, ElementsPerBlock)));

    /// <returns>One warp for every row: blocks of eight warps, or of one thread where a warp is one thread.</returns>
    public static LaunchShape WarpPerRow(Device device, long rowCount)
    {
        int block = device.WarpSize == 1 ? 1 : DefaultBlock;
        return new LaunchShape(AtLeastOne(Quotient.Up(rowCount, block / device.WarpSize)), 1, 1, block);
    }

    /// <returns>As many blocks of the default size as asked for, at least one.</returns>
    public static LaunchShape Blocks(Device device, long blockCount, int gridY = 1, int gridZ = 1) =>
        new(Math.Max(1, blockCount), gridY, gridZ, device.WarpSize == 1 ? 1 : DefaultBlock);

    /// <inheritdoc/>
    public override string ToString() => $"grid ({GridX}, {GridY}, {GridZ}), block ({BlockX}), shared {SharedBytes} B";

    private static long AtLeastOne(long blocks) => Math.Max(1, blocks);
}
