using GenKernels.Benchmarks.Kernels.MatrixProduct;
using GenKernels.Kernels.Convolution;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Convolution;

/// <summary>Weight gradients in 16-bit floats, on a GPU's tensor cores.</summary>
public class ConvolutionWeightGradientTensorBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        .. new[] { ConvolutionLayer.All[0], ConvolutionLayer.All[2], ConvolutionLayer.All[5] }
            .SelectMany(layer => ConvolutionWeightGradientBenchmarks.WithPeer(layer, ElementType.BFloat16)),
        .. InTiles(ConvolutionLayer.OfThesis[2]),
    ];

    private static IEnumerable<KernelCase> InTiles(ConvolutionLayer layer)
    {
        ConvolutionPlan plan = ConvolutionPlan.Forward(layer.X, layer.W, layer.Options);
        KernelCase plain = ConvolutionWeightGradientBenchmarks.Gradient(layer) with { Type = ElementType.BFloat16 };
        return ProductTilings.Of(plain, (inputs, dw, tiling) =>
            ConvolutionWeightGradientTensor.Launch(inputs[0], inputs[1], dw, plan, tiling));
    }
}
