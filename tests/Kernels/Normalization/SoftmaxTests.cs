using GenKernels.Kernels.Normalization;

namespace GenKernels.Tests.Kernels.Normalization;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class SoftmaxTests(Device device)
{
    [Test]
    public void ForwardMatchesTheFormula(
        [Values] FloatType type, [Values] bool isLogarithm, [Values(1, 9)] int rows,
        [Values(1, 31, 33, 64, 1000, 2600)] int channels)
    {
        using Tensor x = TestTensors.Normal([rows, channels], seed: 1, device, type.Element());
        using Tensor y = Softmax.Forward(x, isLogarithm);
        Expect.Close(y, Formula(x, isLogarithm));
    }

    [Test]
    public void LargeLogitsDoNotOverflow([Values] bool isLogarithm)
    {
        using Tensor x = TestTensors.From([3000, 3001, -3000, 0, 1, 2], [2, 3], device, ElementType.Float32);
        using Tensor y = Softmax.Forward(x, isLogarithm);
        Expect.Close(y, Formula(x, isLogarithm));
    }

    [Test]
    public void WhatIsMinusInfinityHasNoShare()
    {
        using Tensor x = TestTensors.From(
            [double.NegativeInfinity, 1, 1, double.NegativeInfinity], [1, 4], device, ElementType.Float32);
        using Tensor y = Softmax.Forward(x);
        Expect.Close(y, [0, 0.5, 0.5, 0]);
    }

    [Test]
    public void ANanMakesItsRowNan([Values] bool isLogarithm, [Values(0, 40, 99)] int channel)
    {
        double[] values = [.. Enumerable.Range(0, 200).Select(index => index == channel ? double.NaN : index % 7)];
        using Tensor x = TestTensors.From(values, [2, 100], device, ElementType.Float32);
        using Tensor y = Softmax.Forward(x, isLogarithm);
        Assert.That(y.ToDoubles()[..100], Is.All.NaN);
        Assert.That(y.ToDoubles()[100..], Is.All.Not.NaN);
    }

    [Test]
    public void TheGradientMatchesTheFormula(
        [Values] FloatType type, [Values] bool isLogarithm, [Values(1, 33, 64, 640, 2600)] int channels)
    {
        using Tensor x = TestTensors.Normal([3, channels], seed: 1, device, type.Element());
        using Tensor y = Softmax.Forward(x, isLogarithm);
        using Tensor dy = TestTensors.Normal([3, channels], seed: 2, device, type.Element());
        using Tensor dx = Softmax.Gradient(y, dy, isLogarithm);
        double[] expected = [.. y.ToDoubles().Chunk(channels).Zip(dy.ToDoubles().Chunk(channels)).SelectMany(row =>
        {
            (double[] values, double[] upstream) = row;
            double sum = values.Zip(upstream, (v, g) => isLogarithm ? g : v * g).Sum();
            return values.Zip(upstream, (v, g) => isLogarithm ? g - (Math.Exp(v) * sum) : v * (g - sum));
        })];
        Expect.CloseSums(dx, expected);
    }

    [Test]
    public void RejectsAScalar()
    {
        using Tensor x = TestTensors.Normal([], seed: 1, device);
        Assert.That(
            () => Softmax.Forward(x),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("Softmax: x must have an axis, got shape []"));
    }

    private static double[] Formula(Tensor x, bool isLogarithm) =>
        [.. x.ToDoubles().Chunk(x.Shape[^1]).SelectMany(row => Formula(row, isLogarithm))];

    private static IEnumerable<double> Formula(double[] row, bool isLogarithm)
    {
        double largest = row.Max();
        double sum = row.Sum(value => Math.Exp(value - largest));
        return row.Select(value => isLogarithm ? value - largest - Math.Log(sum) : Math.Exp(value - largest) / sum);
    }
}
