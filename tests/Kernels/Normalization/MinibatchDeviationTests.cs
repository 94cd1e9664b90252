using GenKernels.Autograd;

namespace GenKernels.Tests.Kernels.Normalization;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class MinibatchDeviationTests(Device device)
{
    [Test]
    public void ItMatchesTheFormula(
        [Values(1, 2, 6)] int groupSize, [Values(1, 2)] int channels, [Values] bool isUnbiased)
    {
        if (isUnbiased && groupSize == 1) Assert.Pass("one sample has no unbiased variance");
        using TensorScope scope = device.Scope();
        float epsilon = isUnbiased ? 0 : 1e-8f;
        Tensor x = TestTensors.Normal([6, 2, 3, 4], seed: 1, device);
        Variable y = new Variable(x).MinibatchDeviation(groupSize, channels, epsilon, isUnbiased);
        Shape shape = [6, 2, 3, 4 + channels];
        Assert.That(y.Shape, Is.EqualTo(shape));
        (double[] values, double[] actual) = (x.ToDoubles(), y.Value.ToDoubles());
        for (int index = 0; index < actual.Length; index++)
        {
            (int row, int c) = (index / (4 + channels), index % (4 + channels));
            double expected = c < 4 ? values[(row * 4) + c] : Deviation(row / 6, c - 4);
            Assert.That(actual[index], Is.EqualTo(expected).Within(Tolerance.For(x.Type)), $"row {row}, channel {c}");
        }

        double Deviation(int sample, int feature)
        {
            int groups = 6 / groupSize;
            int[] members = [.. Enumerable.Range(0, groupSize).Select(g => (g * groups) + (sample % groups))];
            int share = 4 / channels;
            return (from position in Enumerable.Range(0, 6)
                    from c in Enumerable.Range(feature * share, share)
                    select Root(Array.ConvertAll(members, n => values[(((n * 6) + position) * 4) + c]))).Average();
        }

        double Root(double[] group)
        {
            double mean = group.Average();
            double squares = group.Sum(value => Math.Pow(value - mean, 2));
            return Math.Sqrt((squares / (isUnbiased ? groupSize - 1 : groupSize)) + epsilon);
        }
    }

    [Test]
    public void RejectsABatchThatDoesNotDivide()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([6, 2, 4], seed: 1, device));
        Assert.That(
            () => x.MinibatchDeviation(4),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "MinibatchDeviationOperation: the samples of [6, 2, 4] do not divide into groups of 4"));
    }
}
