using GenKernels.Runtime;
using GenKernels.Runtime.Interop;
using Convolutions = GenKernels.Kernels.Convolution.Convolution;

namespace GenKernels.Benchmarks.Kernels.Convolution;

/// <summary>Layers of the low-resolution networks, and the gradients of their activations.</summary>
public class ConvolutionBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        .. ConvolutionLayer.All.SelectMany(layer => ForwardWithPeer(layer, ElementType.Float32)),
        .. ConvolutionLayer.All[1..3].SelectMany(layer => DataGradientWithPeer(layer, ElementType.Float32)),
    ];

    internal static IEnumerable<KernelCase> ForwardWithPeer(ConvolutionLayer layer, ElementType type) =>
        (Forward(layer) with { Type = type }).Beside(NativeLibraries.CuDnn, layer.ForwardByLibrary);

    internal static IEnumerable<KernelCase> DataGradientWithPeer(ConvolutionLayer layer, ElementType type) =>
        (DataGradient(layer) with { Type = type }).Beside(NativeLibraries.CuDnn, layer.DataGradientByLibrary);

    internal static KernelCase Forward(ConvolutionLayer layer) => new(
        $"{layer.X} with {layer.W}", [layer.X, layer.W], layer.Y,
        inputs => Convolutions.Forward(inputs[0], inputs[1], layer.Options), (inputs, index) =>
        {
            (int channels, int outputs) = (layer.X[4], layer.W[0]);
            int taps = (int)layer.W.Product(1, 4);
            double sum = 0;
            for (int tap = 0; tap < taps; tap++)
            {
                long source = layer.Source(index / outputs, tap);
                if (source < 0) continue;
                long weight = ((index % outputs * taps) + tap) * channels;
                for (int c = 0; c < channels; c++)
                {
                    sum += (double)inputs[0][(source * channels) + c] * inputs[1][weight + c];
                }
            }

            return sum;
        }) { Operations = layer.Operations, Scale = Math.Sqrt(layer.W.Product(1, 5)) };

    internal static KernelCase DataGradient(ConvolutionLayer layer) => new(
        $"data gradient of {layer.X} with {layer.W}", [layer.Y, layer.W], layer.X,
        inputs => Convolutions.DataGradient(inputs[0], inputs[1], layer.X, layer.Options), (inputs, index) =>
        {
            (int channels, int outputs) = (layer.X[4], layer.W[0]);
            int taps = (int)layer.W.Product(1, 4);
            double sum = 0;
            for (int tap = 0; tap < taps; tap++)
            {
                // The output that reads this element through this tap is where the mirrored tap leads.
                long place = layer.Source(index / channels, taps - 1 - tap);
                if (place < 0) continue;
                for (int o = 0; o < outputs; o++)
                {
                    long weight = (((o * (long)taps) + tap) * channels) + (index % channels);
                    sum += (double)inputs[0][(place * outputs) + o] * inputs[1][weight];
                }
            }

            return sum;
        }) { Operations = layer.Operations, Scale = Math.Sqrt(layer.W.Product(0, 4)) };
}
