using GenKernels.Benchmarks.Kernels.MatrixProduct;
using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Convolution;

/// <summary>Layers of the low-resolution models in 16-bit floats, which a GPU's tensor cores convolve.</summary>
public class ConvolutionTensorBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        .. new[] { ConvolutionLayer.All[0], ConvolutionLayer.All[1], ConvolutionLayer.All[5] }
            .SelectMany(layer => ConvolutionBenchmarks.ForwardWithPeer(layer, ElementType.BFloat16)),
        .. ConvolutionBenchmarks.DataGradientWithPeer(ConvolutionLayer.All[1], ElementType.BFloat16),
        .. ProductTilings.For(ElementType.BFloat16).Select(tiling => InTiles(ConvolutionLayer.OfThesis[2], tiling)),
    ];

    private static KernelCase InTiles(ConvolutionLayer layer, MatrixTiling tiling)
    {
        KernelCase forward = ConvolutionBenchmarks.Forward(layer);
        ConvolutionPlan plan = ConvolutionPlan.Forward(layer.X, layer.W, layer.Options);
        return forward with
        {
            Name = $"{forward.Name}, {tiling}",
            Type = ElementType.BFloat16,
            Launch = inputs =>
            {
                Tensor y = Tensor.Empty(layer.Y, ElementType.BFloat16, BenchmarkDevice.Device);
                ConvolutionTensor.Launch(inputs[0], inputs[1], y, ProductEpilogue.None, plan, tiling: tiling);
                return y;
            },
        };
    }
}
