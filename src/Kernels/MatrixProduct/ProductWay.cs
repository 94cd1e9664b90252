using Module = (GenKernels.Runtime.KernelSource Source, GenKernels.Runtime.ElementType Type, string Variant);

namespace GenKernels.Kernels.MatrixProduct;

/// <summary>A way to multiply matrices, or to convolve, on a device with warps.</summary>
/// <param name="Method">What multiplies.</param>
/// <param name="Tiling">Of tensor cores; else null.</param>
/// <param name="Parts">Into how many parts tensor cores divide the depth (split-K).</param>
/// <param name="Rank">Of a library's engine among those that its heuristic names, the first being 0.</param>
internal readonly record struct ProductWay(
    ProductMethod Method, MatrixTiling? Tiling = null, int Parts = 1, int Rank = 0)
{
    // Fewer slices than these do not pay for the sums that a part writes and another kernel adds up.
    private const int FewestSlices = 4;
    private const int MostParts = 32;

    // Blocks that are on their way at once where parts make up for a lack of tiles, by processor.
    private const int MostWaves = 4;

    // Each is a plan and a trial more; which ranks win is not measured yet.
    private const int MostEngines = 4;

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

    /// <returns>The ways that are worth a trial: the rule's, the others of its method, the library's.</returns>
    /// <param name="rule">The first.</param>
    /// <param name="onTensorCores">The ways of tensor cores; read where the rule names one of them.</param>
    /// <param name="fitsLibrary">Whether NVIDIA's library has an engine of a rank for the work.</param>
    internal static IEnumerable<ProductWay> All(
        ProductWay rule, IEnumerable<ProductWay> onTensorCores, Func<int, bool> fitsLibrary)
    {
        yield return rule;
        if (rule.Method == ProductMethod.TensorCores)
        {
            foreach (ProductWay way in onTensorCores.Where(way => way != rule)) yield return way;
        }

        for (int rank = 0; rank < MostEngines && fitsLibrary(rank); rank++)
        {
            yield return new ProductWay(ProductMethod.Library, Rank: rank);
        }
    }

    /// <returns>
    /// The ways of tensor cores that are worth a trial, each once: every tiling, the depth divided as the rule does,
    /// and so that the blocks fill the device once or twice.
    /// </returns>
    /// <param name="device">Whose processors are to be filled.</param>
    /// <param name="blocksOf">Tiles of all results in a tiling.</param>
    /// <param name="depth">Elements that a sum has.</param>
    /// <param name="type">Of the elements.</param>
    /// <param name="isPlain">Whether operands are multiplied as they lie, as warpgroups must have them.</param>
    internal static IEnumerable<ProductWay> OnTensorCores(
        Device device, Func<MatrixTiling, long> blocksOf, long depth, ElementType type, bool isPlain = true)
    {
        foreach (MatrixTiling tiling in MatrixTiling.Candidates(device, type, isPlain))
        {
            long blocks = blocksOf(tiling);
            int slices = tiling.Division(blocks, depth, type, 1).Slices;
            int byRule = tiling.Division(blocks, depth, type).Parts;
            long most = Math.Clamp(slices / FewestSlices, 1, Math.Min(MostParts, 1 + (MostWaves * Wave(1) / blocks)));
            long[] wanted = [byRule, 1, byRule / 2, byRule * 2, Wave(1) / blocks, Wave(2) / blocks];
            IEnumerable<int> counts = wanted.Select(
                parts => tiling.Division(blocks, depth, type, (int)Math.Clamp(parts, 1, most)).Parts);
            foreach (int count in counts.Distinct()) yield return new(ProductMethod.TensorCores, tiling, count);
        }

        long Wave(int count) => (long)count * device.ProcessorCount;
    }

    /// <returns>What ways need compiled, each once.</returns>
    /// <param name="ways">The library's, which need nothing, may be among them.</param>
    /// <param name="onCudaCores">What the way of CUDA cores needs.</param>
    /// <param name="onTensorCores">What a way of tensor cores needs.</param>
    internal static IEnumerable<Module> Modules(
        IReadOnlyList<ProductWay> ways, Module onCudaCores, Func<MatrixTiling, Module> onTensorCores) =>
        ways.Where(way => way.Method != ProductMethod.Library)
            .Select(way => way.Tiling is { } tiling ? onTensorCores(tiling) : onCudaCores)
            .Distinct();

    /// <summary>Names it in the tables of a tuner.</summary>
    public override string ToString() => this switch
    {
        { Tiling: { } tiling } => $"{Method} {tiling}, {Parts} parts",
        { Rank: > 0 } => $"{Method}, engine {Rank + 1}",
        _ => $"{Method}",
    };
}
