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
    ];
}
