using GenKernels.Kernels.Normalization;

namespace GenKernels.Tests.Kernels.Normalization;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class PixelNormTests(Device device)
{
    [Test]
    public void ForwardMatchesTheFormula(
        [Values] FloatType type, [Values(1, 4, 5)] int rows, [Values(1, 31, 33, 512)] int channels)
    {
        using Tensor x = TestTensors.Normal([rows, channels], seed: 1, device, type.Element());
        using Tensor y = PixelNorm.Forward(x, epsilon: 1e-8f);
        (double[,] input, double[,] actual) = (x.ToMatrix(), y.ToMatrix());
        for (int n = 0; n < rows; n++)
        {
            double meanSquare = Enumerable.Range(0, channels).Average(c => input[n, c] * input[n, c]);
            for (int c = 0; c < channels; c++)
            {
                double expected = input[n, c] / Math.Sqrt(meanSquare + 1e-8f);
                double tolerance = Tolerance.For(x.Type) * Math.Max(1, Math.Abs(expected));
                Assert.That(actual[n, c], Is.EqualTo(expected).Within(tolerance));
            }
        }
    }

    [Test]
    public void RejectsAVector()
    {
        using Tensor x = TestTensors.Normal([8], seed: 3, device);
        Assert.That(
            () => PixelNorm.Forward(x, 1e-8f),
            Throws.TypeOf<ShapeException>().With.Message.Contains("rank 2").And.Message.Contains("[8]"));
    }
}
