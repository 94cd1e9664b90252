using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Convolution;

/// <summary>Gradients of weights in 16-bit floats, which a GPU's tensor cores compute.</summary>
public class ConvolutionWeightGradientTensorBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
        new[] { ConvolutionLayer.All[0], ConvolutionLayer.All[2], ConvolutionLayer.All[5] }
            .SelectMany(layer => ConvolutionWeightGradientBenchmarks.WithPeer(layer, ElementType.BFloat16));
}
