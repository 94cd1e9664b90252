using GenKernels.Kernels.Filtering;

namespace GenKernels.Tests.Kernels.Filtering;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class Upfirdn2dTests(Device device)
{
    [Test]
    public void ForwardMatchesTheFormula([Values] FloatType type, [Values(1, 3, 65)] int channels, [Values] bool flip)
    {
        (Resampling Rows, Resampling Columns)[] settings =
        [
            (new(1, 1, 1, 1), new(1, 1, 1, 2)), (new(2, 1, 2, 1), new(3, 2, -1, 4)),
            (new(1, 2, 0, 5), new(2, 3, 6, -2)),
        ];
        foreach ((Resampling rows, Resampling columns) in settings)
        {
            using TensorScope scope = device.Scope();
            Tensor x = TestTensors.Normal([2, 5, 6, channels], seed: 1, device, type.Element());
            Tensor filter = TestTensors.Normal([3, 4], seed: 2, device);
            Tensor y = Upfirdn2d.Forward(x, filter, rows, columns, flip, gain: 0.5f);
            double[] expected = Formula(x, filter.ToDoubles(), rows, columns, flip, 0.5);
            Expect.CloseSums(y, expected, $"{rows}, {columns}");
        }
    }

    [Test]
    public void AProductOfTwoFiltersIsTwoPassesOfOne()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 5, 6, 3], seed: 1, device);
        float[] taps = [0.1f, 0.5f, -0.3f, 0.7f];
        float[] products = [.. taps.SelectMany(a => taps.Select(b => a * b))];
        Tensor one = Tensor.From(taps, [4], device);
        Tensor both = Tensor.From(products, [4, 4], device);
        Tensor y = Upfirdn2d.Forward(x, both, new(2, 1, 2, 1), new(1, 2, 1, 1), gain: 4);
        Tensor rows = Upfirdn.Forward(x, one, 1, 2, 1, 2, 1, gain: 2);
        Tensor passes = Upfirdn.Forward(rows, one, 2, 1, 2, 1, 1, gain: 2);
        Expect.CloseSums(y, passes.ToDoubles());
    }

    [Test]
    public void RejectsAFilterOfOneAxis()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 5, 6, 3], seed: 1, device);
        Tensor filter = TestTensors.Normal([4], seed: 2, device);
        Assert.That(
            () => Upfirdn2d.Forward(x, filter, new(1), new(1)),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("Upfirdn2d: filter must have rank 2, got shape [4]"));
    }

    [Test]
    public void RejectsARateOfNothing()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 5, 6, 3], seed: 1, device);
        Tensor filter = TestTensors.Normal([1, 1], seed: 2, device);
        Assert.That(
            () => Upfirdn2d.Forward(x, filter, new(0, 1), new(1)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("at least 1, got up 0 and down 1"));
    }

    private static double[] Formula(
        Tensor x, double[] filter, Resampling rows, Resampling columns, bool flip, double gain)
    {
        double[] values = x.ToDoubles();
        int channels = x.Shape[3];
        int height = ((5 * rows.Up) + rows.Before + rows.After - 3) / rows.Down + 1;
        int width = ((6 * columns.Up) + columns.Before + columns.After - 4) / columns.Down + 1;
        double[] result = new double[2 * height * width * channels];
        for (int index = 0; index < result.Length; index++)
        {
            (int c, int p) = (index % channels, index / channels % width);
            (int q, int n) = (index / channels / width % height, index / channels / width / height);
            for (int tap = 0; tap < 12; tap++)
            {
                int r = (q * rows.Down) + (tap / 4) - rows.Before;
                int s = (p * columns.Down) + (tap % 4) - columns.Before;
                bool isSample = r >= 0 && r < 5 * rows.Up && s >= 0 && s < 6 * columns.Up
                    && r % rows.Up == 0 && s % columns.Up == 0;
                if (!isSample) continue;
                int pixel = (((n * 5) + (r / rows.Up)) * 6) + (s / columns.Up);
                result[index] += gain * filter[flip ? tap : 11 - tap] * values[(pixel * channels) + c];
            }
        }

        return result;
    }
}
