using GenKernels.Autograd;
using GenKernels.Kernels.Elementwise;

namespace GenKernels.Tests.Kernels.Elementwise;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class GegluTests(Device device)
{
    [Test]
    public void ForwardMatchesTheFormula([Values] FloatType type, [Values(1, 31, 33, 40, 4097)] int channels)
    {
        using Tensor x = TestTensors.Normal([2, 3, 2 * channels], seed: 1, device, type.Element());
        using Tensor y = Geglu.Forward(x);
        double[] input = x.ToDoubles();
        double[] expected = [.. input.Chunk(2 * channels).SelectMany(row =>
            Enumerable.Range(0, channels).Select(c => row[c] * row[channels + c] * NormalIntegral(row[channels + c])))];
        Shape shape = [2, 3, channels];
        Assert.That(y.Shape, Is.EqualTo(shape));
        Expect.Close(y, expected);
    }

    /// <summary>Against the gradient of the composed form, which finite differences verify.</summary>
    [Test]
    public void TheGradientIsThatOfTheComposedForm([Values] FloatType type, [Values(1, 33, 48)] int channels)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([3, 2 * channels], seed: 1, device, type.Element());
        Tensor dy = TestTensors.Normal([3, channels], seed: 2, device, type.Element());
        Variable exact = new(TestTensors.From(x.ToDoubles(), x.Shape, device, ElementType.Float64), true);
        Variable upstream = new(TestTensors.From(dy.ToDoubles(), dy.Shape, device, ElementType.Float64));
        double[] expected = Gradient.Of(exact.GegluComposed(), [exact], upstream)[0].Value.ToDoubles();
        Expect.CloseSums(Geglu.Gradient(x, dy), expected);
    }

    [Test]
    public void RejectsAnOddNumberOfChannels()
    {
        using Tensor x = TestTensors.Normal([2, 3], seed: 1, device);
        Assert.That(
            () => Geglu.Forward(x),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "Geglu: the last axis of x must be even, got shape [2, 3]"));
    }

    /// <summary>The normal CDF by its series 1/2 + φ(z) (z + z³/3 + z⁵/15 + ...), all terms of one sign.</summary>
    private static double NormalIntegral(double z)
    {
        double term = z;
        double sum = 0;
        for (int n = 1; n < 200; term *= z * z / ((2 * n) + 1), n++) sum += term;
        return 0.5 + (Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * sum);
    }
}
