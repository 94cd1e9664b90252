using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Kernels.Random;
using GenKernels.Kernels.Reduction;

namespace GenKernels.Kernels.Convolution;

/// <summary>The one place that decides how a device with warps computes weight gradients of convolutions.</summary>
internal sealed class ConvolutionWeightGradientChoice : ITunedWork<ConvolutionKey, ProductAlgorithm>
{
    /// <inheritdoc/>
    public string Name => nameof(ConvolutionWeightGradient);

    /// <inheritdoc/>
    public IReadOnlyList<KernelSource> Sources =>
    [
        ConvolutionWeightGradient.SourceFile, ConvolutionWeightGradientTensor.SourceOf(MatrixTiling.All[0]),
        SplitKReduction.SourceFile, Reduce.SourceFile, Cast.SourceFile,
    ];

    /// <inheritdoc/>
    public ProductAlgorithm Rule(Device device, in ConvolutionKey key)
    {
        if (!key.FitsTensorCores) return new ProductAlgorithm(ProductMethod.CudaCores);
        MatrixTiling tiling = MatrixTiling.For(key.Plan.OutGroup, (int)key.Plan.Depth, 1);
        return ProductAlgorithm.OnTensorCores(tiling, TileCount(tiling, key.Plan), key.Plan.RowCount, key.Type);
    }

    /// <inheritdoc/>
    public IEnumerable<ProductAlgorithm> Algorithms(Device device, in ConvolutionKey key)
    {
        ConvolutionKey work = key;
        ConvolutionPlan plan = key.Plan;
        return ProductAlgorithm.All(
            Rule(device, key),
            ProductAlgorithm.OnTensorCores(
                device, tiling => TileCount(tiling, plan), plan.RowCount, key.Type, plan.FitsPixelBoxes)
                .Where(algorithm => ConvolutionWeightGradientTensor.Fits(algorithm.Tiling!)),
            rank => ConvolutionLibrary.Fits(device, work, rank));
    }

    /// <inheritdoc/>
    public IEnumerable<(KernelSource Source, ElementType Type, string Variant)> Modules(
        ConvolutionKey key, IReadOnlyList<ProductAlgorithm> algorithms) =>
        ProductAlgorithm.Modules(algorithms, (ConvolutionWeightGradient.SourceFile, key.Type, ""), tiling =>
            (ConvolutionWeightGradientTensor.SourceOf(tiling), key.Type, tiling.Variant));

    /// <inheritdoc/>
    public Action<ProductAlgorithm> Prepare(Device device, ConvolutionKey key)
    {
        (ConvolutionPlan plan, ElementType type) = (key.Plan, key.Type);
        using RandomGenerator random = new(device, seed: 1);
        Tensor x = random.Normal(plan.InputShape, type);
        Tensor dy = random.Normal(plan.OutputShape, type);
        return algorithm => ConvolutionWeightGradient.Launch(algorithm, x, dy, plan.WeightShape, plan).Dispose();
    }

    private static long TileCount(MatrixTiling tiling, ConvolutionPlan plan) =>
        tiling.TileCount(plan.OutGroup, (int)tiling.DepthOf(plan.TapCount, plan.InGroup));
}
