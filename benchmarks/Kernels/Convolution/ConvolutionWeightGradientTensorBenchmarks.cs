using GenKernels.Benchmarks.Kernels.MatrixProduct;
using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Convolution;

/// <summary>Gradients of weights in 16-bit floats, which a GPU's tensor cores compute.</summary>
public class ConvolutionWeightGradientTensorBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        .. new[] { ConvolutionLayer.All[0], ConvolutionLayer.All[2], ConvolutionLayer.All[5] }
            .SelectMany(layer => ConvolutionWeightGradientBenchmarks.WithPeer(layer, ElementType.BFloat16)),
        .. ProductTilings.For(ElementType.BFloat16).Select(tiling => InTiles(ConvolutionLayer.OfThesis[2], tiling)),
    ];

    private static KernelCase InTiles(ConvolutionLayer layer, MatrixTiling tiling)
    {
        KernelCase gradient = ConvolutionWeightGradientBenchmarks.Gradient(layer);
        ConvolutionPlan plan = ConvolutionPlan.Forward(layer.X, layer.W, layer.Options);
        return gradient with
        {
            Name = $"{gradient.Name}, {tiling}",
            Type = ElementType.BFloat16,
            Launch = inputs =>
            {
                Tensor dw = Tensor.Empty(layer.W, ElementType.BFloat16, BenchmarkDevice.Device);
                ConvolutionWeightGradientTensor.Launch(inputs[0], inputs[1], dw, plan, tiling);
                return dw;
            },
        };
    }
}
