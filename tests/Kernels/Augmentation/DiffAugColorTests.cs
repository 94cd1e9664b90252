using GenKernels.Kernels.Augmentation;

namespace GenKernels.Tests.Kernels.Augmentation;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class DiffAugColorTests(Device device)
{
    [Test]
    public void ForwardMatchesTheFormula(
        [Values] FloatType type, [Values(1, 3, 4)] int channels, [Values(1, 7)] int width)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 3, 5, width, channels], seed: 1, device, type.Element());
        float[][] draws = [[0.1f, 0.9f], [0.75f, 0.2f], [0, 0.6f]];
        Tensor y = DiffAugColor.Forward(x, Draw(draws[0]), Draw(draws[1]), Draw(draws[2]));

        double[] values = x.ToDoubles();
        int size = values.Length / 2;
        Expect.CloseSums(y,
        [
            .. Formula(values[..size], channels, draws[0][0], draws[1][0], draws[2][0]),
            .. Formula(values[size..], channels, draws[0][1], draws[1][1], draws[2][1]),
        ]);
    }

    [Test]
    public void RejectsPictures()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 4, 4, 3], seed: 1, device);
        Tensor draw = Draw([0.5f, 0.5f]);
        Assert.That(
            () => DiffAugColor.Forward(x, draw, draw, draw),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "DiffAugColor: x must have rank 5, got shape [2, 4, 4, 3]"));
    }

    private static double[] Formula(double[] clip, int channels, double brightness, double saturation, double contrast)
    {
        double[] bright = Array.ConvertAll(clip, value => value + brightness - 0.5);
        double[] saturated = new double[clip.Length];
        for (int index = 0; index < clip.Length; index++)
        {
            double grey = bright.Skip(index / channels * channels).Take(channels).Average();
            saturated[index] = ((bright[index] - grey) * 2 * saturation) + grey;
        }

        double mean = saturated.Average();
        return Array.ConvertAll(saturated, value => ((value - mean) * (contrast + 0.5)) + mean);
    }

    private Tensor Draw(float[] values) => Tensor.From(values, [values.Length], device);
}
