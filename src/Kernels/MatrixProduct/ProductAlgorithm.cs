using Module = (GenKernels.Runtime.KernelSource Source, GenKernels.Runtime.ElementType Type, string Variant);

namespace GenKernels.Kernels.MatrixProduct;

/// <summary>How matrices are multiplied, or convolutions computed, on a device with warps.</summary>
/// <param name="Method">What multiplies.</param>
/// <param name="Tiling">The tiling on tensor cores; otherwise null.</param>
/// <param name="Parts">Parts that K is split into on tensor cores (split-K).</param>
/// <param name="Rank">Rank of a library's engine in the order of its heuristic; the first is 0.</param>
internal readonly record struct ProductAlgorithm(
    ProductMethod Method, MatrixTiling? Tiling = null, int Parts = 1, int Rank = 0)
{
    // A part of fewer slices does not pay for the partial sums that it writes and another kernel adds up.
    private const int FewestSlices = 4;
    private const int MostParts = 32;

    // Waves of blocks, each of one block per multiprocessor, that split-K may fill where there are too few tiles.
    private const int MostWaves = 4;

    // Each engine costs a plan and a trial more; which ranks win has not been measured yet.
    private const int MostEngines = 4;

    /// <summary>
    /// Whether the kernel scales the input's channels itself; otherwise a separate launch does so first.
    /// </summary>
    internal bool ScalesInLoad => Method == ProductMethod.TensorCores && !Tiling!.HasWarpgroups;

    /// <returns>The algorithm on tensor cores that the rule chooses.</returns>
    /// <param name="tiling">The rule's tiling.</param>
    /// <param name="blocks">Tiles of all results.</param>
    /// <param name="depth">Terms of a sum (K).</param>
    /// <param name="type">Type of the elements.</param>
    internal static ProductAlgorithm OnTensorCores(MatrixTiling tiling, long blocks, long depth, ElementType type) =>
        new(ProductMethod.TensorCores, tiling, tiling.Division(blocks, depth, type).Parts);

    /// <returns>The algorithms that are worth a trial: the rule's, the others of its method, the library's.</returns>
    /// <param name="rule">The rule's algorithm, which comes first.</param>
    /// <param name="onTensorCores">The algorithms on tensor cores; enumerated only if the rule's is one.</param>
    /// <param name="fitsLibrary">Whether NVIDIA's library has an engine of this rank for the work.</param>
    internal static IEnumerable<ProductAlgorithm> All(
        ProductAlgorithm rule, IEnumerable<ProductAlgorithm> onTensorCores, Func<int, bool> fitsLibrary)
    {
        yield return rule;
        if (rule.Method == ProductMethod.TensorCores)
        {
            foreach (ProductAlgorithm other in onTensorCores.Where(other => other != rule)) yield return other;
        }

        for (int rank = 0; rank < MostEngines && fitsLibrary(rank); rank++)
        {
            yield return new ProductAlgorithm(ProductMethod.Library, Rank: rank);
        }
    }

    /// <returns>
    /// The algorithms on tensor cores that are worth a trial, each once: every tiling, with the rule's split-K, half
    /// and twice as many parts, no split, and as many parts as fill the device once or twice.
    /// </returns>
    /// <param name="device">The device whose multiprocessors are to be filled.</param>
    /// <param name="blocksOf">Tiles of all results under a tiling.</param>
    /// <param name="depth">Terms of a sum (K).</param>
    /// <param name="type">Type of the elements.</param>
    /// <param name="isPlain">Whether the operands are multiplied as stored, which warpgroups require.</param>
    internal static IEnumerable<ProductAlgorithm> OnTensorCores(
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

    /// <returns>The modules that algorithms need compiled, each once.</returns>
    /// <param name="algorithms">May include the library's, which need none.</param>
    /// <param name="onCudaCores">The module for CUDA cores.</param>
    /// <param name="onTensorCores">The module for a tiling on tensor cores.</param>
    internal static IEnumerable<Module> Modules(
        IReadOnlyList<ProductAlgorithm> algorithms, Module onCudaCores, Func<MatrixTiling, Module> onTensorCores) =>
        algorithms.Where(algorithm => algorithm.Method != ProductMethod.Library)
            .Select(algorithm => algorithm.Tiling is { } tiling ? onTensorCores(tiling) : onCudaCores)
            .Distinct();

    /// <summary>The name of the algorithm in a tuner's tables.</summary>
    public override string ToString() => this switch
    {
        { Tiling: { } tiling } => $"{Method} {tiling}, {Parts} parts",
        { Rank: > 0 } => $"{Method}, engine {Rank + 1}",
        _ => $"{Method}",
    };
}
