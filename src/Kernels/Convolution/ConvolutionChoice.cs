using GenKernels.Kernels.MatrixProduct;
using GenKernels.Kernels.Movement;
using GenKernels.Kernels.Random;

namespace GenKernels.Kernels.Convolution;

/// <summary>The one place that decides how a device with warps computes convolutions and data gradients.</summary>
internal sealed class ConvolutionChoice : ITunedWork<ConvolutionKey, ProductAlgorithm>
{
    /// <inheritdoc/>
    public string Name => nameof(Convolution);

    /// <inheritdoc/>
    public IReadOnlyList<KernelSource> Sources =>
    [
        Convolution.SourceFile, ConvolutionTensor.SourceOf(MatrixTiling.All[0]), SplitKReduction.SourceFile,
        StridedCopy.SourceFile, Transpose.SourceFile,
    ];

    /// <inheritdoc/>
    public ProductAlgorithm Rule(Device device, in ConvolutionKey key)
    {
        if (!key.FitsTensorCores) return new ProductAlgorithm(ProductMethod.CudaCores);
        ConvolutionPlan plan = key.Plan;
        MatrixTiling tiling = MatrixTiling.For(plan.PhaseRowCount, plan.OutGroup, plan.PhaseCount);
        return ProductAlgorithm.OnTensorCores(tiling, Blocks(tiling, key), plan.PhaseDepth, key.Type);
    }

    /// <inheritdoc/>
    public IEnumerable<ProductAlgorithm> Algorithms(Device device, in ConvolutionKey key)
    {
        ConvolutionKey work = key;
        return ProductAlgorithm.All(
            Rule(device, key),
            ProductAlgorithm.OnTensorCores(
                device, tiling => Blocks(tiling, work), key.Plan.PhaseDepth, key.Type, key.Plan.FitsPixelBoxes),
            rank => ConvolutionLibrary.Fits(device, work, rank));
    }

    /// <inheritdoc/>
    public IEnumerable<(KernelSource Source, ElementType Type, string Variant)> Modules(
        ConvolutionKey key, IReadOnlyList<ProductAlgorithm> algorithms) =>
        ProductAlgorithm.Modules(algorithms, (Convolution.SourceFile, key.Type, ""), tiling =>
            (ConvolutionTensor.SourceOf(tiling), key.Type,
                ConvolutionTensor.Variant(tiling, key.Plan, HasScales(tiling, key))));

    /// <inheritdoc/>
    public Action<ProductAlgorithm> Prepare(Device device, ConvolutionKey key)
    {
        (ConvolutionPlan plan, ElementType type) = (key.Plan, key.Type);
        bool isAdjoint = key.Role == ConvolutionRole.DataGradient;
        using RandomGenerator random = new(device, seed: 1);
        Tensor x = random.Normal(plan.InputShape, type);
        Tensor w = random.Normal(isAdjoint ? plan.AdjointWeightShape : plan.WeightShape, type);
        Tensor y = Tensor.Empty(plan.OutputShape, type, device);
        ProductEpilogue epilogue = key.Epilogue.Prepare(random, y.Shape, type);
        Tensor? scales = key.ScaleFrames == 0 ? null
            : random.Normal([x.Shape[0], key.ScaleFrames, x.Shape[4]], type);
        return algorithm => Convolution.Launch(algorithm, x, w, y, plan, epilogue, isAdjoint, scales);
    }

    /// <returns>The tiles of all phases together.</returns>
    private static long Blocks(MatrixTiling tiling, in ConvolutionKey key) =>
        ConvolutionTensor.TileCount(tiling, key.Plan, HasScales(tiling, key)) * key.Plan.PhaseCount;

    private static bool HasScales(MatrixTiling tiling, in ConvolutionKey key) =>
        key.ScaleFrames > 0 && !tiling.HasWarpgroups;
}
