using GenKernels.Kernels.Elementwise;

namespace GenKernels.Tests.Kernels.Elementwise;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class BiasActivationTests(Device device)
{
    private const double Step = 1e-5;

    [Test]
    public void ValuesMatchTheFormula([Values] Activation activation, [Values] FloatType type)
    {
        BiasActivationOptions options = new(activation, Gain: 1.7f, Clamp: 1.1f, Slope: 0.3f);
        foreach (Shape shape in new Shape[] { [1], [3, 1], [4, 31], [5, 40], [2, 5, 33], [2, 4097] })
        {
            using Tensor x = TestTensors.Normal(shape, seed: 1, device, type.Element());
            using Tensor bias = TestTensors.Normal([shape[^1]], seed: 2, device, type.Element());
            using Tensor y = BiasActivation.Forward(x, bias, options);
            using Tensor withoutBias = BiasActivation.Forward(x, null, options);
            using Tensor added = BiasActivation.Forward(x, bias, options, other: x);
            (double[] input, double[] offsets) = (x.ToDoubles(), bias.ToDoubles());
            double[] sums = [.. input.Select((value, index) => value + offsets[index % offsets.Length])];
            Expect.Close(y, Array.ConvertAll(sums, z => Value(options, z)), $"{shape} with bias");
            Expect.Close(withoutBias, Array.ConvertAll(input, z => Value(options, z)), $"{shape} without bias");
            double[] both = [.. input.Select((value, index) => Value(options, sums[index]) + value)];
            Expect.Close(added, both, $"{shape} with bias and a residual");
        }
    }

    /// <summary>The formula verifies the values; then each order verifies the next.</summary>
    [Test]
    public void DerivativesMatchFiniteDifferences([Values] Activation activation, [Values(1, 2, 3)] int order)
    {
        BiasActivationOptions options = new(activation, Gain: 1.7f, Slope: 0.3f);
        double[] points = [-8, -2.5, -1, -0.3, -0.1, 0.1, 0.2, 0.7, 1, 3, 9];
        using Tensor bias = TestTensors.From([0.05], [1], device, ElementType.Float64);
        using Tensor factor = TestTensors.Normal([points.Length, 1], seed: 1, device, ElementType.Float64);
        double[] above = Derivative(points, Step, order - 1);
        double[] below = Derivative(points, -Step, order - 1);
        using Tensor x = TestTensors.From(points, [points.Length, 1], device, ElementType.Float64);
        using Tensor y = BiasActivation.Forward(x, bias, options, order, factor);
        double[] expected =
            [.. factor.ToDoubles().Select((m, index) => m * (above[index] - below[index]) / (2 * Step))];
        Assert.That(y.ToDoubles(), Is.EqualTo(expected).Within(5e-9));  // rounding, divided by twice the step

        double[] Derivative(double[] at, double shift, int of)
        {
            double[] shifted = Array.ConvertAll(at, value => value + shift);
            using Tensor input = TestTensors.From(shifted, [at.Length, 1], device, ElementType.Float64);
            using Tensor ones = TestTensors.From([.. at.Select(_ => 1.0)], [at.Length, 1], device, ElementType.Float64);
            using Tensor result = BiasActivation.Forward(input, bias, options, of, of == 0 ? null : ones);
            return result.ToDoubles();
        }
    }

    [Test]
    public void DerivativesAgreeInEveryType(
        [Values] Activation activation, [Values(1, 2, 3)] int order,
        [Values(FloatType.Float32, FloatType.Float16, FloatType.BFloat16)] FloatType type)
    {
        BiasActivationOptions options = BiasActivationOptions.For(activation);
        using Tensor x = TestTensors.Normal([3, 33], seed: 1, device, type.Element());
        using Tensor factor = TestTensors.Normal([3, 33], seed: 2, device, type.Element());
        using Tensor wideX = Cast.Forward(x, ElementType.Float64);
        using Tensor wideFactor = Cast.Forward(factor, ElementType.Float64);
        using Tensor y = BiasActivation.Forward(x, null, options, order, factor);
        using Tensor expected = BiasActivation.Forward(wideX, null, options, order, wideFactor);
        Expect.CloseSums(y, expected.ToDoubles());
    }

    [Test]
    public void WhatIsClampedHasNoDerivative([Values] Activation activation, [Values(1, 2, 3)] int order)
    {
        BiasActivationOptions free = new(activation, Gain: 2, Slope: 0.3f);
        BiasActivationOptions clamped = free with { Clamp = 0.7f };
        using Tensor x = TestTensors.Normal([200], seed: 1, device, ElementType.Float64);
        using Tensor factor = TestTensors.Normal([200], seed: 2, device, ElementType.Float64);
        using Tensor value = BiasActivation.Forward(x, null, free);
        using Tensor derivative = BiasActivation.Forward(x, null, free, order, factor);
        using Tensor y = BiasActivation.Forward(x, null, clamped, order, factor);
        double[] values = value.ToDoubles();
        double[] expected =
            [.. derivative.ToDoubles().Select((d, index) => Math.Abs(values[index]) < 0.7f ? d : 0)];
        Assert.That(values.Count(v => Math.Abs(v) >= 0.7f), Is.InRange(1, 199), "some are clamped, some are not");
        Expect.Close(y, expected);
    }

    [Test]
    public void LargeInputsDoNotOverflow([Values] Activation activation, [Values(0, 1, 2, 3)] int order)
    {
        using Tensor x = TestTensors.From([-500, 500], [2], device, ElementType.Float32);
        using Tensor factor = TestTensors.From([1, 1], [2], device, ElementType.Float32);
        BiasActivationOptions options = new(activation, Gain: 1);
        using Tensor y = BiasActivation.Forward(x, null, options, order, order == 0 ? null : factor);
        Assert.That(y.ToDoubles(), Has.All.Matches<double>(double.IsFinite));
    }

    [Test]
    public void RectifiersTakeInfinitiesAsPyTorchDoes([Values] FloatType type)
    {
        double[] points = [double.NegativeInfinity, double.PositiveInfinity, double.NaN];
        using Tensor x = TestTensors.From(points, [3], device, type.Element());
        using Tensor relu = BiasActivation.Forward(x, null, new(Activation.Relu, Gain: 1));
        using Tensor leaky = BiasActivation.Forward(x, null, new(Activation.LeakyRelu, Gain: 1, Slope: 0.2f));
        Assert.That(relu.ToDoubles(), Is.EqualTo(new[] { 0, double.PositiveInfinity, double.NaN }));
        Assert.That(leaky.ToDoubles(), Is.EqualTo(points));
    }

    [Test]
    public void NothingGivesNothing()
    {
        using Tensor x = Tensor.Zeros([0, 3], ElementType.Float32, device);
        using Tensor bias = Tensor.Zeros([3], ElementType.Float32, device);
        using Tensor y = BiasActivation.Forward(x, bias, BiasActivationOptions.For(Activation.Swish));
        Assert.That(y.Shape, Is.EqualTo(x.Shape));
    }

    [Test]
    public void RejectsABiasOfAnotherLength()
    {
        using Tensor x = TestTensors.Normal([2, 3], seed: 1, device);
        using Tensor bias = TestTensors.Normal([2], seed: 1, device);
        Assert.That(
            () => BiasActivation.Forward(x, bias, BiasActivationOptions.For(Activation.Relu)),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "BiasActivation: bias must have shape [3], got [2]"));
    }

    [Test]
    public void RejectsAFourthDerivative()
    {
        using Tensor x = TestTensors.Normal([2, 3], seed: 1, device);
        Assert.That(
            () => BiasActivation.Forward(x, null, BiasActivationOptions.For(Activation.Swish), 4, x),
            Throws.TypeOf<ShapeException>().With.Message.Contains("derivatives go up to order 3, got 4"));
    }

    [Test]
    public void RejectsADerivativeWithoutAFactor()
    {
        using Tensor x = TestTensors.Normal([2, 3], seed: 1, device);
        Assert.That(
            () => BiasActivation.Forward(x, null, BiasActivationOptions.For(Activation.Swish), 1),
            Throws.ArgumentNullException.With.Property("ParamName").EqualTo("other"));
    }

    [Test]
    public void RejectsAScalar()
    {
        using Tensor x = TestTensors.Normal([], seed: 1, device);
        Assert.That(
            () => BiasActivation.Forward(x, null, BiasActivationOptions.For(Activation.Swish)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("x must have an axis, got shape []"));
    }

    /// <returns>clamp(gain f(z)).</returns>
    internal static double Value(BiasActivationOptions options, double z)
    {
        double value = options.Activation switch
        {
            Activation.Linear => z,
            Activation.Relu => Math.Max(z, 0),
            Activation.LeakyRelu => z > 0 ? z : options.Slope * z,
            Activation.HyperbolicTangent => Math.Tanh(z),
            Activation.Sigmoid => 1 / (1 + Math.Exp(-z)),
            Activation.Elu => z > 0 ? z : Math.Exp(z) - 1,
            Activation.Selu => 1.0507009873554805 * (z > 0 ? z : 1.6732632423543772 * (Math.Exp(z) - 1)),
            Activation.Softplus => Math.Log(1 + Math.Exp(z)),
            Activation.Gelu => z * NormalIntegral(z),
            Activation.QuickGelu => z / (1 + Math.Exp(-1.702 * z)),
            _ => z / (1 + Math.Exp(-z)),
        };
        return Math.Clamp(options.Gain * value, -options.Clamp, options.Clamp);
    }

    /// <summary>The normal CDF by its series 1/2 + φ(z) (z + z³/3 + z⁵/15 + ...), all terms of one sign.</summary>
    private static double NormalIntegral(double z)
    {
        if (Math.Abs(z) > 9) return z > 0 ? 1 : 0;  // the series would need more than 200 terms
        double term = z;
        double sum = 0;
        for (int n = 1; n < 200; term *= z * z / ((2 * n) + 1), n++) sum += term;
        return 0.5 + (Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * sum);
    }
}
