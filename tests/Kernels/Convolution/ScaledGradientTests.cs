using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.Elementwise;

namespace GenKernels.Tests.Kernels.Convolution;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class ScaledGradientTests(Device device)
{
    private static readonly (int Frames, int Rows, int Channels)[] s_sizes =
        [(1, 1, 1), (3, 7, 33), (2, 12, 64), (1, 2049, 5), (4, 31, 160)];

    private static BiasActivationOptions[] Functions =>
    [
        new(Activation.Linear, 1), new(Activation.Relu, 1.5f), new(Activation.LeakyRelu, 1.25f, 0.5f, 0.25f),
    ];

    [TestCaseSource(nameof(Functions))]
    public void OfResultMatchesTheFormula(BiasActivationOptions after)
    {
        foreach (FloatType type in Enum.GetValues<FloatType>())
        {
            foreach ((int frames, int rows, int channels) in s_sizes)
            {
                CheckOfResult(after, type.Element(), frames, rows, channels, hasFactorAndNoise: true);
                CheckOfResult(after, type.Element(), frames, rows, channels, hasFactorAndNoise: false);
            }
        }
    }

    [Test]
    public void OfScaleMatchesTheFormula([Values] FloatType type)
    {
        foreach ((int frames, int rows, int channels) in s_sizes)
        {
            using TensorScope scope = device.Scope();
            Tensor g = TestTensors.Normal([frames, rows, channels], seed: 1, device, type.Element());
            Tensor x = TestTensors.Normal([frames, rows, channels], seed: 2, device, type.Element());
            Tensor scales = TestTensors.Normal([frames, channels], seed: 3, device, type.Element());
            (Tensor dx, Tensor dScales) = ScaledGradient.OfScale(g, x, scales);
            (double[] upstream, double[] values, double[] factors) = (g.ToDoubles(), x.ToDoubles(), scales.ToDoubles());
            double[] products = new double[frames * channels];
            double[] expected = new double[upstream.Length];
            for (int at = 0; at < upstream.Length; at++)
            {
                int place = (at / channels / rows * channels) + (at % channels);
                expected[at] = upstream[at] * factors[place];
                products[place] += upstream[at] * values[at];
            }

            Expect.Close(dx, expected, $"x, {x.Shape}");
            Expect.CloseSums(dScales, products, $"scales, {x.Shape}");
        }
    }

    [Test]
    public void RejectsFramesThatDoNotDivideTheRows()
    {
        using Tensor y = TestTensors.Normal([7, 4], seed: 1, device);
        Assert.That(
            () => ScaledGradient.OfResult(y, y, 2, null, null, new(Activation.Linear, 1)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("2 frames do not divide 7 rows"));
    }

    [Test]
    public void RejectsAFunctionWhoseResultDoesNotTellItsDerivative()
    {
        using Tensor y = TestTensors.Normal([6, 4], seed: 1, device);
        Assert.That(
            () => ScaledGradient.OfResult(y, y, 2, null, null, new(Activation.Swish, 1)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("does not tell its derivative"));
    }

    [Test]
    public void RejectsAFactorOfAnotherShape()
    {
        using Tensor y = TestTensors.Normal([6, 4], seed: 1, device);
        using Tensor factor = TestTensors.Normal([2, 3], seed: 1, device);
        Assert.That(
            () => ScaledGradient.OfResult(y, y, 2, factor, null, new(Activation.Linear, 1)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("factor must have shape [2, 4], got [2, 3]"));
    }

    private void CheckOfResult(
        BiasActivationOptions after, ElementType type, int frames, int rows, int channels, bool hasFactorAndNoise)
    {
        using TensorScope scope = device.Scope();
        Tensor z = TestTensors.Normal([frames, rows, channels], seed: 1, device, type);
        Tensor y = BiasActivation.Forward(z, null, after);
        Tensor g = TestTensors.Normal(z.Shape, seed: 2, device, type);
        Tensor? factor = hasFactorAndNoise ? TestTensors.Normal([frames, channels], seed: 3, device, type) : null;
        Tensor? noise = hasFactorAndNoise ? TestTensors.Normal([frames * rows], seed: 4, device, type) : null;
        (Tensor gradient, Tensor sums, Tensor products) = ScaledGradient.OfResult(g, y, frames, factor, noise, after);

        (double[] upstream, double[] result) = (g.ToDoubles(), y.ToDoubles());
        (double[]? factors, double[]? offsets) = (factor?.ToDoubles(), noise?.ToDoubles());
        double[] expected = new double[upstream.Length];
        double[] expectedSums = new double[frames * channels];
        double[] expectedProducts = new double[frames * channels];
        double slope = after.Activation switch { Activation.Linear => 1, Activation.Relu => 0, _ => after.Slope };
        for (int at = 0; at < upstream.Length; at++)
        {
            int place = (at / channels / rows * channels) + (at % channels);
            if (Math.Abs(result[at]) >= after.Clamp) continue;
            double dz = upstream[at] * after.Gain * (result[at] > 0 ? 1 : slope);
            double product = (upstream[at] * result[at]) - (dz * (offsets?[at / channels] ?? 0));
            expected[at] = dz * (factors?[place] ?? 1);
            expectedSums[place] += dz;
            expectedProducts[place] += product;
        }

        string what = $"{after}, {z.Shape}";
        Expect.Close(gradient, expected, what);
        Expect.CloseSums(sums, expectedSums, $"sums, {what}");
        Expect.CloseSums(products, expectedProducts, $"products, {what}");
        if (hasFactorAndNoise) return;
        (Tensor own, Tensor ownSums) = ScaledGradient.OfResult(g, y, after);
        Expect.Close(own, expected, $"of an activation, {what}");
        double[] ofAll = [.. Enumerable.Range(0, channels).Select(
            channel => Enumerable.Range(0, frames).Sum(frame => expectedSums[(frame * channels) + channel]))];
        Expect.CloseSums(ownSums, ofAll, $"sums of all frames, {what}");
    }
}
