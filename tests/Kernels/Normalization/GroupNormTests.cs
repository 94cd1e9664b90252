using GenKernels.Kernels.Normalization;

namespace GenKernels.Tests.Kernels.Normalization;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class GroupNormTests(Device device)
{
    internal const float Epsilon = 1e-5f;

    /// <summary>Sizes around a pack, a tile and a chunk: channels, groups, positions.</summary>
    private static readonly (int Channels, int Groups, int Positions)[] s_sizes =
    [
        (1, 1, 1), (1, 1, 9), (6, 3, 7), (8, 2, 33), (12, 12, 70), (320, 32, 25), (64, 1, 129), (520, 4, 9),
        (1040, 8, 3), (2056, 2, 2),
    ];

    [Test]
    public void ForwardMatchesTheFormula([Values] FloatType type, [Values] bool silu)
    {
        foreach ((int channels, int groups, int positions) in s_sizes)
        {
            using Tensor x = TestTensors.Normal([2, positions, channels], seed: 1, device, type.Element());
            using Tensor w = TestTensors.Normal([channels], seed: 2, device, type.Element());
            using Tensor b = TestTensors.Normal([channels], seed: 3, device, type.Element());
            (Tensor y, Tensor statistics) = InPasses(x, groups, w, b, silu);
            double[] expected = Formula(x, groups, w.ToDoubles(), b.ToDoubles(), silu);
            Expect.CloseSums(y, expected, $"{x.Shape}, {groups} groups");
            y.Dispose();
            statistics.Dispose();
        }
    }

    [Test]
    public void WeightAndBiasMayBeLeftOut([Values] bool hasWeight, [Values] bool hasBias)
    {
        using Tensor x = TestTensors.Normal([2, 3, 5, 12], seed: 1, device);
        using Tensor w = TestTensors.Normal([12], seed: 2, device);
        using Tensor b = TestTensors.Normal([12], seed: 3, device);
        (Tensor y, Tensor statistics) =
            GroupNorm.Forward(x, 4, hasWeight ? w : null, hasBias ? b : null, Epsilon);
        double[] weight = hasWeight ? w.ToDoubles() : [.. Enumerable.Repeat(1.0, 12)];
        double[] bias = hasBias ? b.ToDoubles() : new double[12];
        Expect.CloseSums(y, Formula(x, 4, weight, bias, silu: false));
        y.Dispose();
        statistics.Dispose();
    }

    /// <summary>Larger than a cache, in many chunks, the last one partial, with rows that are not whole
    /// packs.</summary>
    [Test]
    public void ALargeResultMatchesTheFormula([Values(FloatType.Float32, FloatType.BFloat16)] FloatType type)
    {
        using Tensor x = TestTensors.Normal([2, 1501, 741], seed: 1, device, type.Element());
        using Tensor w = TestTensors.Normal([741], seed: 2, device, type.Element());
        using Tensor b = TestTensors.Normal([741], seed: 3, device, type.Element());
        (Tensor y, Tensor statistics) = InPasses(x, 13, w, b, silu: true);
        Expect.CloseSums(y, Formula(x, 13, w.ToDoubles(), b.ToDoubles(), silu: true));
        y.Dispose();
        statistics.Dispose();
    }

    /// <summary>A difference of sums of squares would cancel completely here: the mean is 4096 standard
    /// deviations.</summary>
    [Test]
    public void AMeanFarFromZeroCostsNoMoreThanItsRounding()
    {
        using Tensor normal = TestTensors.Normal([1, 500, 16], seed: 1, device);
        double[] values = Array.ConvertAll(normal.ToDoubles(), value => value + 4096);
        using Tensor x = TestTensors.From(values, normal.Shape, device, ElementType.Float32);
        (Tensor y, Tensor statistics) = InPasses(x, 2, null, null, silu: false);
        double[] expected = Formula(x, 2, [.. Enumerable.Repeat(1.0, 16)], new double[16], silu: false);
        Assert.That(y.ToDoubles(), Is.EqualTo(expected).Within(4096 * 1.2e-7));  // one ULP of the mean
        y.Dispose();
        statistics.Dispose();
    }

    [Test]
    public void AViewThatIsNotAlignedGivesTheSame()
    {
        using Tensor all = TestTensors.Normal([1 + (2 * 9 * 16)], seed: 1, device);
        using Tensor view = all.Part(1, [2, 9, 16]);
        using Tensor copy = TestTensors.From(view.ToDoubles(), view.Shape, device, ElementType.Float32);
        (Tensor y, Tensor statistics) = InPasses(view, 4, null, null, silu: false);
        (Tensor z, Tensor others) = InPasses(copy, 4, null, null, silu: false);
        Expect.Close(y, z.ToDoubles());
        foreach (Tensor tensor in new[] { y, z, statistics, others }) tensor.Dispose();
    }

    [Test]
    public void RejectsGroupsThatDoNotDivide()
    {
        using Tensor x = TestTensors.Normal([2, 3, 8], seed: 1, device);
        Assert.That(
            () => GroupNorm.Forward(x, 3, null, null, Epsilon),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "GroupNorm: the channels of [2, 3, 8] do not divide into 3 groups"));
    }

    [Test]
    public void RejectsAWeightOfAnotherLength()
    {
        using Tensor x = TestTensors.Normal([2, 3, 8], seed: 1, device);
        using Tensor w = TestTensors.Normal([4], seed: 1, device);
        Assert.That(
            () => GroupNorm.Forward(x, 2, w, null, Epsilon),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("GroupNorm: weight must have shape [8], got [4]"));
    }

    /// <returns>The result of this file's kernels, whether or not the launcher would choose them.</returns>
    internal static (Tensor Y, Tensor Statistics) InPasses(Tensor x, int groups, Tensor? w, Tensor? b, bool silu)
    {
        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        Tensor statistics = Tensor.Empty([x.Shape[0], groups, 2], x.Type.SumType(), x.Device);
        GroupNorm.InPasses(x, groups, w, b, y, statistics, Epsilon, silu);
        return (y, statistics);
    }

    internal static double[] Formula(Tensor x, int groups, double[] w, double[] b, bool silu)
    {
        (double[] values, int channels) = (x.ToDoubles(), x.Shape[^1]);
        int positions = (int)x.Shape.Product(1, x.Shape.Rank - 1);
        double[] y = new double[values.Length];
        for (int n = 0; n < x.Shape[0]; n++)
        {
            for (int g = 0; g < groups; g++)
            {
                int[] group = [.. Enumerable.Range(0, positions * channels)
                    .Where(i => i % channels / (channels / groups) == g).Select(i => (n * positions * channels) + i)];
                double mean = group.Average(i => values[i]);
                double variance = group.Average(i => Math.Pow(values[i] - mean, 2));
                foreach (int i in group)
                {
                    double z = ((values[i] - mean) / Math.Sqrt(variance + Epsilon) * w[i % channels]) + b[i % channels];
                    y[i] = silu ? z / (1 + Math.Exp(-z)) : z;
                }
            }
        }

        return y;
    }
}
