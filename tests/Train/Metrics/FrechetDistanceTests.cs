using GenKernels.Train.Metrics;

namespace GenKernels.Tests.Train.Metrics;

public sealed class FrechetDistanceTests
{
    [Test]
    public void InTwoDimensionsItIsTheClosedForm()
    {
        (FeatureStatistics first, FeatureStatistics second) = (Random(2, 40, seed: 1), Random(2, 30, seed: 2));
        (double[,] one, double[,] two) = (first.Covariance(), second.Covariance());
        (double[] mean, double[] other) = (first.Mean(), second.Mean());
        double between = Math.Pow(mean[0] - other[0], 2) + Math.Pow(mean[1] - other[1], 2);
        double productTrace = one[0, 0] * two[0, 0] + 2 * one[0, 1] * two[0, 1] + one[1, 1] * two[1, 1];

        // The root of a 2 x 2 matrix has the trace √(tr + 2 √det).
        double rootTrace = Math.Sqrt(productTrace + 2 * Math.Sqrt(Determinant(one) * Determinant(two)));
        double expected = between + one[0, 0] + one[1, 1] + two[0, 0] + two[1, 1] - 2 * rootTrace;
        Assert.That(FrechetDistance.Of(first, second), Is.EqualTo(expected).Within(Tolerance.Float64));
        Assert.That(FrechetDistance.Of(second, first), Is.EqualTo(expected).Within(Tolerance.Float64));
    }

    [TestCase(1, 10)]
    [TestCase(12, 40)]
    [TestCase(12, 5)]   // fewer features than dimensions: the covariance is singular
    public void EqualStatisticsAreAtNoDistance(int length, int count)
    {
        FeatureStatistics statistics = Random(length, count, seed: 3);
        Assert.That(FrechetDistance.Of(statistics, statistics), Is.Zero.Within(2e-7));  // roots of rounding errors
    }

    [Test]
    public void FeaturesThreeTimesAsLargeAreAsFarAsTheirMeanSquareTimesFour()
    {
        const int Length = 40;
        (FeatureStatistics single, FeatureStatistics threefold) = (new(Length), new(Length));
        Random random = new(4);
        double meanSquare = 0;
        for (int i = 0; i < 100; i++)
        {
            float[] feature = [.. Enumerable.Range(0, Length).Select(_ => (float)random.Next(10))];
            single.Add(feature);
            threefold.Add(Array.ConvertAll(feature, value => 3 * value));
            meanSquare += feature.Sum(value => value * value) / 100.0;
        }

        // |3m - m|² + tr(S + 9 S - 2 (9 S²)^½) = 4 (|m|² + tr S)
        double expected = 4 * meanSquare;
        Assert.That(FrechetDistance.Of(single, threefold), Is.EqualTo(expected).Within(Tolerance.Float64 * expected));
    }

    [Test]
    public void AWeightCountsAFeatureSoManyTimes()
    {
        (FeatureStatistics weighted, FeatureStatistics repeated) = (new(2), new(2));
        weighted.Add([1, 2], weight: 3);
        weighted.Add([-1, 5]);
        for (int i = 0; i < 3; i++) repeated.Add([1, 2]);
        repeated.Add([-1, 5]);
        Assert.That(weighted.Mean(), Is.EqualTo(new[] { 0.5, 2.75 }));
        Assert.That(weighted.Covariance(), Is.EqualTo(repeated.Covariance()));
        Assert.That(weighted.Covariance()[0, 1], Is.EqualTo(-1.125), "mean of xy, less the product of the means");
    }

    [Test]
    public void FeaturesOfAnotherLengthAreRefused()
    {
        Assert.That(
            () => FrechetDistance.Of(new FeatureStatistics(2), new FeatureStatistics(3)),
            Throws.ArgumentException.With.Message.EqualTo("needs features of one length, got 2 and 3"));
        Assert.That(
            () => new FeatureStatistics(2).Add([1]),
            Throws.ArgumentException.With.Message.EqualTo("needs 2 numbers, got 1"));
    }

    private static double Determinant(double[,] matrix) =>
        matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0];

    private static FeatureStatistics Random(int length, int count, int seed)
    {
        Random random = new(seed);
        FeatureStatistics statistics = new(length);
        for (int i = 0; i < count; i++)
        {
            float shared = random.NextSingle();
            statistics.Add([.. Enumerable.Range(0, length).Select(_ => shared + random.NextSingle())]);
        }

        return statistics;
    }
}
