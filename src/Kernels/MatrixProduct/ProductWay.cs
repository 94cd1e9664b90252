namespace GenKernels.Kernels.MatrixProduct;

/// <summary>A way to multiply matrices, or to convolve, on a device with warps.</summary>
/// <param name="Method">What multiplies.</param>
/// <param name="Tiling">Of tensor cores; else null.</param>
/// <param name="Parts">Into how many parts tensor cores divide the depth.</param>
internal readonly record struct ProductWay(ProductMethod Method, MatrixTiling? Tiling = null, int Parts = 1)
{
    // Fewer slices than these do not pay for the sums that a part writes and another kernel adds up.
    private const int FewestSlices = 4;
    private const int MostParts = 32;

    // Blocks that are on their way at once where parts make up for a lack of tiles, by processor.
    private const int MostWaves = 4;

    /// <summary>
    /// Whether the input's channels are scaled by the kernel; else a launch of its own does it before.
    /// </summary>
    internal bool ScalesOnTheWay => Method == ProductMethod.TensorCores && !Tiling!.HasWarpgroups;

    /// <returns>The way of tensor cores that the rule names.</returns>
    /// <param name="tiling">That the rule names.</param>
    /// <param name="blocks">Tiles of all results.</param>
    /// <param name="depth">Elements that a sum has.</param>
    /// <param name="type">Of the elements.</param>
    internal static ProductWay OnTensorCores(MatrixTiling tiling, long blocks, long depth, ElementType type) =>
        new(ProductMethod.TensorCores, tiling, tiling.Division(blocks, depth, type).Parts);

    /// <returns>
    /// The ways of tensor cores that are worth a trial, the rule's first: every tiling, the depth divided as the rule
    /// does, and so that the blocks fill the device once or twice.
    /// </returns>
    /// <param name="device">Whose processors are to be filled.</param>
    /// <param name="rule">The first.</param>
    /// <param name="blocksOf">Tiles of all results in a tiling.</param>
    /// <param name="depth">Elements that a sum has.</param>
    /// <param name="type">Of the elements.</param>
    /// <param name="isPlain">Whether operands are multiplied as they lie, as warpgroups must have them.</param>
    internal static IReadOnlyList<ProductWay> OnTensorCores(
        Device device, ProductWay rule, Func<MatrixTiling, long> blocksOf, long depth, ElementType type,
        bool isPlain = true)
    {
        List<ProductWay> ways = [rule];
        foreach (MatrixTiling tiling in MatrixTiling.Candidates(device, type, isPlain))
        {
            long blocks = blocksOf(tiling);
            int slices = tiling.Division(blocks, depth, type, 1).Slices;
            int byRule = tiling.Division(blocks, depth, type).Parts;
            long most = Math.Clamp(slices / FewestSlices, 1, Math.Min(MostParts, 1 + (MostWaves * Wave(1) / blocks)));
            foreach (long parts in (long[])[byRule, 1, byRule / 2, byRule * 2, Wave(1) / blocks, Wave(2) / blocks])
            {
                int count = tiling.Division(blocks, depth, type, (int)Math.Clamp(parts, 1, most)).Parts;
                ProductWay way = new(ProductMethod.TensorCores, tiling, count);
                if (!ways.Contains(way)) ways.Add(way);
            }
        }

        return ways;

        long Wave(int count) => (long)count * device.ProcessorCount;
    }

    /// <summary>Names it in the tables of a tuner.</summary>
    public override string ToString() => Tiling is null ? $"{Method}" : $"{Method} {Tiling}, {Parts} parts";
}
