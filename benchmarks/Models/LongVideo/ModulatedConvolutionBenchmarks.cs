using BenchmarkDotNet.Attributes;
using GenKernels.Autograd;
using GenKernels.Benchmarks.Kernels.Convolution;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Random;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Models.LongVideo;

/// <summary>
/// The first convolution of a block of the thesis's generator: modulated by a style that changes over time,
/// demodulated, with bias and activation; alone, and with the gradients of activations, weights, styles and biases.
/// </summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class ModulatedConvolutionBenchmarks : IBenchmark
{
    private const float Clamp = 256;
    private Variable[] _sources = [];

    /// <summary>Indices of the layers of the thesis's generator.</summary>
    public static IEnumerable<int> Layers => Enumerable.Range(0, ConvolutionLayer.OfThesis.Length);

    /// <summary>Which of <see cref="Layers"/>.</summary>
    [ParamsSource(nameof(Layers))]
    public int Layer { get; set; }

    /// <summary>Whether gradients are computed too.</summary>
    [Params(false, true)]
    public bool WithGradients { get; set; }

    /// <summary>
    /// Type of the activations; weights, styles and biases stay in 32 bits, like all parameters and small tensors.
    /// </summary>
    internal ElementType Type { get; init; } = ElementType.Float32;

    /// <inheritdoc/>
    [GlobalSetup]
    public void Prepare()
    {
        ConvolutionLayer layer = ConvolutionLayer.OfThesis[Layer];
        (Shape x, Shape w) = (layer.X, layer.W);
        using RandomGenerator random = new(BenchmarkDevice.Device, seed: 1);
        Shape[] parameters = [w, [x[0], x[1], x[4]], [w[0]]];
        Tensor[] tensors = [random.Normal(x, Type), .. parameters.Select(shape => random.Normal(shape))];
        _sources = [.. tensors.Select(tensor => new Variable(tensor, requiresGradient: WithGradients))];
    }

    /// <inheritdoc/>
    [Benchmark]
    public void Launch()
    {
        using TensorScope scope = BenchmarkDevice.Device.Scope();
        Variable y = _sources[0].TemporalModulatedConvolution(
            _sources[1], _sources[2], inputGain: null, ConvolutionLayer.OfThesis[Layer].Padding, bias: _sources[3],
            options: BiasActivationOptions.For(Activation.LeakyRelu, Clamp));
        if (WithGradients) Gradient.Of(y, _sources);
    }

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        BenchmarkDevice.Device.Synchronize();
        foreach (Variable source in _sources) source.Value.Dispose();
    }
}
