using GenKernels.Kernels.Vision;

namespace GenKernels.Tests.Kernels.Vision;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class ColorHistogramTests(Device device)
{
    [Test]
    public void CountsMatchTheFormula(
        [Values] FloatType type, [Values(2, 20)] int levels, [Values(1, 33, 5000)] int pixels)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([3, pixels, 3], seed: 1, device, type.Element());
        int[] expected = new int[3 * levels * levels * levels];
        double[] values = x.ToDoubles();
        for (int pixel = 0; pixel < 3 * pixels; pixel++)
        {
            int bin = pixel / pixels;
            for (int c = 0; c < 3; c++) bin = (bin * levels) + Level((float)values[(3 * pixel) + c], levels);
            expected[bin]++;
        }

        Tensor y = ColorHistogram.Forward(x, levels);
        Assert.That(y.Shape, Is.EqualTo(Shape.Create([3, levels, levels, levels])));
        Assert.That(y.ToArray<int>(), Is.EqualTo(expected));
    }

    [Test]
    public void WhatLiesOutsideCountsAsTheEnd()
    {
        using TensorScope scope = device.Scope();
        float[] colours = [-9, -1, float.NegativeInfinity, 9, 1, float.PositiveInfinity, float.NaN, -2, -1];
        int[] counts = ColorHistogram.Forward(Tensor.From(colours, [1, 3, 3], device), 4).ToArray<int>();
        Assert.That(counts[0], Is.EqualTo(2));
        Assert.That(counts[^1], Is.EqualTo(1));
    }

    [Test]
    public void FramesWithoutPixelsHaveNoColours()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 0, 4, 3], seed: 1, device);
        Assert.That(ColorHistogram.Forward(x, 3).ToArray<int>(), Is.EqualTo(new int[2 * 27]));
    }

    [Test]
    public void RejectsFourChannels()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 5, 4], seed: 1, device);
        Assert.That(
            () => ColorHistogram.Forward(x, 20),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[N, ..., 3]").And.Message.Contains("[2, 5, 4]"));
    }

    private static int Level(float value, int levels) =>
        (int)Math.Clamp(MathF.Floor((value / 2f + 0.5f) * (levels - 1) + 0.5f), 0f, levels - 1);
}
