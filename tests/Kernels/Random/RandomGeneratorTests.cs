using GenKernels.Kernels.Random;

namespace GenKernels.Tests.Kernels.RandomNumbers;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class RandomGeneratorTests(Device device)
{
    private const int Count = 200_000;

    // Bounds at 5 standard deviations: a correct generator with a random seed would fail once in 1.7 million.
    private const double Deviations = 5;

    // Kolmogorov-Smirnov: sqrt(n) times the largest distance exceeds 2.7 with probability 2 exp(-2 * 2.7^2) < 1e-6.
    private const double LargestDistance = 2.7;

    [Test]
    public void UniformNumbersAreUniform()
    {
        using RandomGenerator generator = new(device, seed: 2023);
        using Tensor y = generator.Uniform([Count]);
        double[] values = y.ToDoubles();
        Assert.That(values.Min(), Is.GreaterThanOrEqualTo(0));
        Assert.That(values.Max(), Is.LessThan(1));
        Assert.That(values.Average(), Is.EqualTo(0.5).Within(Deviations * Math.Sqrt(1 / 12.0 / Count)));
        double variance = values.Average(value => (value - 0.5) * (value - 0.5));
        Assert.That(variance, Is.EqualTo(1 / 12.0).Within(Deviations * Math.Sqrt(1 / 180.0 / Count)));
        Assert.That(Distance(values, value => value), Is.LessThan(LargestDistance / Math.Sqrt(Count)));
    }

    [Test]
    public void NormalNumbersAreNormalAndNeighboursIndependent()
    {
        using RandomGenerator generator = new(device, seed: 2023);
        using Tensor y = generator.Normal([Count]);
        double[] values = y.ToDoubles();
        Assert.That(values.Average(), Is.Zero.Within(Deviations / Math.Sqrt(Count)));
        Assert.That(values.Average(value => value * value), Is.EqualTo(1).Within(Deviations * Math.Sqrt(2.0 / Count)));
        Assert.That(
            values.Average(value => Math.Pow(value, 4)), Is.EqualTo(3).Within(Deviations * Math.Sqrt(96.0 / Count)));
        double correlation = Enumerable.Range(1, Count - 1).Average(index => values[index] * values[index - 1]);
        Assert.That(correlation, Is.Zero.Within(Deviations / Math.Sqrt(Count)));
        Assert.That(Distance(values, NormalDistribution), Is.LessThan(LargestDistance / Math.Sqrt(Count)));
    }

    [Test]
    public void IntegersAreEquallyLikelyAndReachBothEnds()
    {
        using RandomGenerator generator = new(device, seed: 2023);
        using Tensor y = generator.Integers([Count], -2, 3);
        int[] values = y.ToArray<int>();
        Assert.That((values.Min(), values.Max()), Is.EqualTo((-2, 3)));
        foreach (IGrouping<int, int> group in values.GroupBy(value => value))
        {
            double expected = Count / 6.0;
            Assert.That(
                group.Count(), Is.EqualTo(expected).Within(Deviations * Math.Sqrt(expected * 5 / 6)),
                $"value {group.Key}");
        }
    }

    [Test]
    public void NoSmallTypeRoundsUpToOne([Values(FloatType.Float16, FloatType.BFloat16)] FloatType type)
    {
        using RandomGenerator generator = new(device, seed: 5);
        using Tensor y = generator.Uniform([Count], type.Element());
        Assert.That(y.ToDoubles().Max(), Is.LessThan(1));
    }

    [Test]
    public void ASavedStateGoesOnWhereItStood()
    {
        using RandomGenerator generator = new(device, seed: ulong.MaxValue - 3, stream: 4);
        using (generator.Normal([13]))
        {
        }

        RandomState state = generator.SaveState();
        using Tensor expected = generator.Normal([21]);
        using RandomGenerator other = new(device, seed: 0);
        other.LoadState(state);
        using Tensor actual = other.Normal([21]);
        Assert.That(state, Is.EqualTo(new RandomState(ulong.MaxValue - 3, 4, 4)));
        Assert.That(actual.ToArray<float>(), Is.EqualTo(expected.ToArray<float>()));
    }

    [Test]
    public void TwoDrawsGiveOneWhereTheFirstIsAMultipleOfFour()
    {
        using TensorScope scope = device.Scope();
        using RandomGenerator whole = new(device, seed: 8);
        using RandomGenerator parts = new(device, seed: 8);
        int[] expected = whole.Bits([27]).ToArray<int>();
        Assert.That(parts.Bits([16]).ToArray<int>().Concat(parts.Bits([11]).ToArray<int>()), Is.EqualTo(expected));
    }

    [Test]
    public void SeedsAndStreamsAreSequencesOfTheirOwn()
    {
        using TensorScope scope = device.Scope();
        List<int> words = [];
        foreach ((ulong seed, ulong stream) in new[] { (0ul, 0ul), (1ul, 0ul), (0ul, 1ul), (1ul, 1ul) })
        {
            using RandomGenerator generator = new(device, seed, stream);
            words.AddRange(generator.Bits([64]).ToArray<int>());
        }

        Assert.That(words, Is.Unique);
    }

    [Test]
    public void NothingDrawnLeavesTheStateAlone()
    {
        using RandomGenerator generator = new(device, seed: 8);
        using Tensor y = generator.Normal([0, 4]);
        Assert.That(generator.SaveState(), Is.EqualTo(new RandomState(8, 0, 0)));
    }

    [Test]
    public void RejectsUniformIntegers()
    {
        using RandomGenerator generator = new(device, seed: 8);
        Assert.That(
            () => generator.Uniform([4], ElementType.Int32),
            Throws.ArgumentException.With.Message.Contains("must hold floats").And.Message.Contains("Int32"));
    }

    private static double Distance(double[] values, Func<double, double> distribution)
    {
        double[] sorted = [.. values.Order()];
        double largest = 0;
        for (int index = 0; index < sorted.Length; index++)
        {
            double expected = distribution(sorted[index]);
            double below = Math.Abs(expected - ((double)index / sorted.Length));
            double above = Math.Abs(expected - ((index + 1.0) / sorted.Length));
            largest = Math.Max(largest, Math.Max(below, above));
        }

        return largest;
    }

    /// <summary>The normal CDF by its sum over odd powers, Abramowitz and Stegun 26.2.11.</summary>
    private static double NormalDistribution(double x)
    {
        if (Math.Abs(x) > 7) return x < 0 ? 0 : 1;
        double sum = 0;
        double term = x;
        for (int power = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); power += 2)
        {
            sum += term;
            term *= x * x / (power + 2);
        }

        return 0.5 + (sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
    }
}
