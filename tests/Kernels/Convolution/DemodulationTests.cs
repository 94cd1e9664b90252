using GenKernels.Kernels.Convolution;

namespace GenKernels.Tests.Kernels.Convolution;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class DemodulationTests(Device device)
{
    // Large enough for the epsilon to count: 1e-8 times this is 0.1.
    private const long FanIn = 10_000_000;
    private const float Gain = 0.75f;

    private static readonly (int Clips, int Frames, int Outputs)[] s_sizes =
        [(1, 1, 1), (2, 3, 5), (3, 4, 64), (1, 2, 4100), (2, 130, 33)];

    /// <summary>The types of variances and factors.</summary>
    private static readonly (ElementType Wide, ElementType Own)[] s_types =
    [
        (ElementType.Float64, ElementType.Float64), (ElementType.Float32, ElementType.Float32),
        (ElementType.Float32, ElementType.Float16), (ElementType.Float32, ElementType.BFloat16),
    ];

    [Test]
    public void MatchesTheFormula([ValueSource(nameof(s_types))] (ElementType Wide, ElementType Own) types)
    {
        foreach ((int clips, int frames, int outputs) in s_sizes)
        {
            using TensorScope scope = device.Scope();
            DemodulationOptions options = new(FanIn, types.Own);
            (Tensor variance, Tensor weights, Tensor styles) = Operands([clips, frames, outputs], types.Wide);
            Tensor y = Demodulation.Forward(variance, weights, styles, options, Gain);

            double[] totals = Totals(variance, weights, styles);
            (double[] ofWeights, double[] ofStyles) = (weights.ToDoubles(), styles.ToDoubles());
            double Normalizer(int at) =>
                Math.Sqrt(FanIn) * ofWeights[at % outputs] * ofStyles[at / (frames * outputs)];
            double[] expected = [.. totals.Select((total, at) =>
                Gain / Math.Sqrt(total) * (types.Own == ElementType.Float16 ? Normalizer(at) : 1))];
            Expect.Close(y, expected, $"{variance.Shape}");
        }
    }

    [Test]
    public void TheGradientMatchesTheFormula(
        [ValueSource(nameof(s_types))] (ElementType Wide, ElementType Own) types, [Values] bool hasBias)
    {
        foreach ((int clips, int frames, int outputs) in s_sizes)
        {
            using TensorScope scope = device.Scope();
            (Tensor variance, Tensor weights, Tensor styles) = Operands([clips, frames, outputs], types.Wide);
            Tensor products = TestTensors.Normal(variance.Shape, seed: 4, device, types.Wide);
            Tensor sums = TestTensors.Normal(variance.Shape, seed: 5, device, types.Wide);
            Tensor? bias = hasBias ? TestTensors.Normal([outputs], seed: 6, device, types.Own) : null;
            Tensor dVariance =
                Demodulation.Backward(variance, weights, styles, products, sums, bias, new(FanIn, types.Own));

            double[] totals = Totals(variance, weights, styles);
            (double[] ofProducts, double[] ofSums) = (products.ToDoubles(), sums.ToDoubles());
            double[] biases = bias?.ToDoubles() ?? new double[outputs];
            double[] expected = [.. totals.Select((total, at) =>
                -(ofProducts[at] - (biases[at % outputs] * ofSums[at])) / (2 * total))];
            Expect.Close(dVariance, expected, $"{variance.Shape}");
        }
    }

    [Test]
    public void NothingGivesNothing()
    {
        using TensorScope scope = device.Scope();
        Tensor variance = Tensor.Zeros([2, 0, 3], ElementType.Float32, device);
        Tensor weights = TestTensors.Normal([3], seed: 1, device);
        Tensor styles = TestTensors.Normal([2], seed: 1, device);
        DemodulationOptions options = new(FanIn, ElementType.BFloat16);
        Assert.That(
            Demodulation.Forward(variance, weights, styles, options, Gain).Shape, Is.EqualTo(variance.Shape));
        Assert.That(
            Demodulation.Backward(variance, weights, styles, variance, variance, null, options).Shape,
            Is.EqualTo(variance.Shape));
    }

    [Test]
    public void RejectsVariancesOf16Bits()
    {
        using TensorScope scope = device.Scope();
        Tensor variance = TestTensors.Normal([2, 2, 3], seed: 1, device, ElementType.Float16);
        Assert.That(
            () => Demodulation.Forward(variance, variance, variance, new(FanIn, ElementType.Float16), Gain),
            Throws.TypeOf<ShapeException>().With.Message.StartsWith(
                "Demodulation: a variance has at least 32 bits, got "));
    }

    [Test]
    public void RejectsMagnitudesOfAnotherShape()
    {
        using TensorScope scope = device.Scope();
        Tensor variance = TestTensors.Normal([2, 2, 3], seed: 1, device);
        Tensor two = TestTensors.Normal([2], seed: 1, device);
        Assert.That(
            () => Demodulation.Forward(variance, two, two, new(FanIn, ElementType.Float32), Gain),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "Demodulation: largestWeights must have shape [3], got [2]"));
    }

    /// <returns>Variances, and the largest magnitudes of weights and styles.</returns>
    private (Tensor Variance, Tensor Weights, Tensor Styles) Operands(Shape shape, ElementType type) =>
    (
        Positive(shape, seed: 1, type), Positive([shape[2]], seed: 2, type), Positive([shape[0]], seed: 3, type)
    );

    private Tensor Positive(Shape shape, int seed, ElementType type)
    {
        using Tensor normal = TestTensors.Normal(shape, seed, device, type);
        return TestTensors.From([.. normal.ToDoubles().Select(value => Math.Abs(value) + 0.25)], shape, device, type);
    }

    private static double[] Totals(Tensor variance, Tensor weights, Tensor styles)
    {
        int outputs = variance.Shape[2], ofClip = variance.Shape[1] * outputs;
        (double[] ofWeights, double[] ofStyles) = (weights.ToDoubles(), styles.ToDoubles());
        return [.. variance.ToDoubles().Select((value, at) =>
            value + (1e-8f * FanIn * Math.Pow(ofWeights[at % outputs] * ofStyles[at / ofClip], 2)))];
    }
}
