using GenKernels.Kernels.Convolution;
using GenKernels.Runtime;
using GenKernels.Runtime.Interop;

namespace GenKernels.Benchmarks.Kernels.Convolution;

/// <summary>Weight gradients of the low-resolution networks' layers.</summary>
public class ConvolutionWeightGradientBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
        ConvolutionLayer.All.SelectMany(layer => WithPeer(layer, ElementType.Float32));

    internal static IEnumerable<KernelCase> WithPeer(ConvolutionLayer layer, ElementType type) =>
        (Gradient(layer) with { Type = type }).Beside(NativeLibraries.CuDnn, layer.WeightGradientByLibrary);

    internal static KernelCase Gradient(ConvolutionLayer layer) => new(
        $"{layer.X} with {layer.W}", [layer.X, layer.Y], layer.W,
        inputs => ConvolutionWeightGradient.Forward(inputs[0], inputs[1], layer.W, layer.Options), (inputs, index) =>
        {
            (int channels, int outputs) = (layer.X[4], layer.W[0]);
            int taps = (int)layer.W.Product(1, 4);
            int tap = (int)(index / channels % taps);
            (long channel, long output) = (index % channels, index / channels / taps);
            long places = layer.X.Product(0, 4);
            double sum = 0;
            for (long place = 0; place < places; place++)
            {
                long source = layer.Source(place, tap);
                if (source < 0) continue;
                sum += (double)inputs[0][(source * channels) + channel] * inputs[1][(place * outputs) + output];
            }

            return sum;
        }) { Operations = layer.Operations, Scale = Math.Sqrt(layer.X.Product(0, 4)) };
}
