using GenKernels.Kernels.Attention;

namespace GenKernels.Tests.Kernels.Attention;

[TestFixtureSource(typeof(AttentionTensorTests), nameof(AttentionTensorTests.Devices))]
public sealed class AttentionGradientPreprocessTests(Device device)
{
    private static ElementType[] Types => AttentionTensor.Types;

    [TestCase(1, 1, 1, 8)]
    [TestCase(2, 63, 3, 40)]
    [TestCase(3, 64, 1, 72)]
    [TestCase(2, 65, 2, 160)]
    public void StatisticsMatchTheFormula(int clips, int queries, int heads, int channels)
    {
        foreach (ElementType type in Types)
        {
            using TensorScope scope = device.Scope();
            Shape shape = [clips, queries, heads, channels];
            Tensor y = TestTensors.Normal(shape, seed: 1, device, type);
            Tensor dy = TestTensors.Normal(shape, seed: 2, device, type);
            Tensor rows = TestTensors.Normal([clips, heads, queries], seed: 3, device, ElementType.Float32);
            AttentionPlan plan = new(y, y, y, AttentionOptions.For(channels));

            Tensor statistics = AttentionGradientPreprocess.Forward(y, dy, rows, plan);

            int count = (queries + 63) / 64 * 64;
            Shape expected = [clips, heads, count, 2];
            Assert.That(statistics.Shape, Is.EqualTo(expected));
            Expect.CloseSums(
                statistics, Expected(y.ToDoubles(), dy.ToDoubles(), rows.ToDoubles(), shape, count), "statistics");
        }
    }

    private static double[] Expected(double[] y, double[] dy, double[] rows, Shape shape, int count)
    {
        (int queries, int heads, int channels) = (shape[1], shape[2], shape[3]);
        double[] statistics = new double[shape[0] * heads * count * 2];
        for (int row = 0; row < rows.Length; row++)
        {
            (int pair, int query) = (row / queries, row % queries);
            int from = ((((pair / heads * queries) + query) * heads) + (pair % heads)) * channels;
            int to = ((pair * count) + query) * 2;
            statistics[to] = rows[row] / Math.Log(2);
            for (int c = 0; c < channels; c++) statistics[to + 1] += y[from + c] * dy[from + c];
        }

        return statistics;
    }
}
