using GenKernels.Benchmarks.Kernels.MatrixProduct;
using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Convolution;

/// <summary>Layers of the low-resolution networks in 16-bit floats, on a GPU's tensor cores.</summary>
public class ConvolutionTensorBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        .. new[] { ConvolutionLayer.All[0], ConvolutionLayer.All[1], ConvolutionLayer.All[5] }
            .SelectMany(layer => ConvolutionBenchmarks.ForwardWithPeer(layer, ElementType.BFloat16)),
        .. ConvolutionBenchmarks.DataGradientWithPeer(ConvolutionLayer.All[1], ElementType.BFloat16),
        .. InTiles(ConvolutionLayer.OfThesis[2]),
    ];

    private static IEnumerable<KernelCase> InTiles(ConvolutionLayer layer)
    {
        ConvolutionPlan plan = ConvolutionPlan.Forward(layer.X, layer.W, layer.Options);
        KernelCase plain = ConvolutionBenchmarks.Forward(layer) with { Type = ElementType.BFloat16 };
        return ProductTilings.Of(plain, (inputs, y, tiling) =>
            ConvolutionTensor.Launch(inputs[0], inputs[1], y, ProductEpilogue.None, plan, tiling: tiling));
    }
}
