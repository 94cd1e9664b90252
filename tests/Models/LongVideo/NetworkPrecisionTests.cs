using GenKernels.Autograd;
using GenKernels.Kernels.Elementwise;
using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;

namespace GenKernels.Tests.Models.LongVideo;

/// <summary>
/// Networks with 16-bit activations, judged by the error that rounding the weights and the input to 16 bits causes in a
/// 32-bit network: that much is lost in any case. A layer rounds a few results for each rounding of its weights, and
/// such errors add up like a random walk.
/// </summary>
public sealed class NetworkPrecisionTests
{
    private const double TimesAsFarOff = 3;
    private const int Frames = 8;
    private static readonly string[] s_names = ["bf16", "fp16"];

    private HostDevice _device = null!;

    [SetUp]
    public void OpenADevice() => _device = new HostDevice();

    [TearDown]
    public void CloseIt() => _device.Dispose();

    [Test]
    public void TheGeneratorIsAsExactAsItsType([ValueSource(nameof(s_names))] string name)
    {
        using TensorScope scope = _device.Scope();
        using Initializer initializer = new(_device, seed: 1);
        using LowResolutionGenerator generator = new(LowResolutionPreset.Tiny.Generator, initializer);
        Tensor noise = TestTensors.Normal(generator.NoiseShape(1, Frames), seed: 2, _device);
        Hold(name, generator, noise, input => generator.Forward(input, Frames));
    }

    [Test]
    public void TheDiscriminatorAndItsGradientAreAsExactAsTheirType([ValueSource(nameof(s_names))] string name)
    {
        using TensorScope scope = _device.Scope();
        using Initializer initializer = new(_device, seed: 1);
        using LowResolutionDiscriminator discriminator = new(LowResolutionPreset.Tiny.Discriminator, initializer);
        Tensor video = TestTensors.Normal([4, 16, 36, 64, 3], seed: 2, _device);
        Hold(name, discriminator, video, input => discriminator.Forward(input));
        Hold(name, discriminator, video, input =>
        {
            Variable leaf = new(input.Value, requiresGradient: true);
            return Gradient.Of(discriminator.Forward(leaf), leaf);
        });
    }

    private void Hold(string name, Module network, Tensor input, Func<Variable, Variable> forward)
    {
        Precision precision = Precision.Find(name)!;
        double[] exact = forward(new Variable(input)).Value.ToDoubles();
        _device.Precision = precision;
        Variable mixed = forward(new Variable(input));
        _device.Precision = Precision.Fp32;
        Assert.That(mixed.Type, Is.EqualTo(ElementType.Float32));

        StateEntry[] kept = [.. StateDict.Write(network).Select(entry => entry with { Read = Held(entry) })];
        foreach ((_, Parameter parameter) in network.NamedParameters())
        {
            parameter.Value.Value.CopyFrom(Rounded(parameter.Value.Value, precision.Activations));
        }

        double[] plain = forward(new Variable(Rounded(input, precision.Activations))).Value.ToDoubles();
        StateDict.Load(network, kept);
        double error = Distance(mixed.Value.ToDoubles(), exact), allowed = TimesAsFarOff * Distance(plain, exact);
        TestContext.Out.WriteLine($"{name}: off by {error:g3}, rounded weights alone by {allowed / TimesAsFarOff:g3}");
        Assert.That(error, Is.Positive.And.LessThan(allowed));
    }

    private static Func<byte[]> Held(StateEntry entry)
    {
        byte[] bytes = entry.Read();
        return () => bytes;
    }

    private static Tensor Rounded(Tensor x, ElementType type) =>
        Cast.Forward(Cast.Forward(x, type), ElementType.Float32);

    /// <returns>The root mean square of the difference, relative to that of the expected values.</returns>
    private static double Distance(double[] actual, double[] expected) => Math.Sqrt(
        actual.Zip(expected, (a, b) => (a - b) * (a - b)).Sum() / expected.Sum(value => value * value));
}
