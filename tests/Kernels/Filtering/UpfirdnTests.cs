using GenKernels.Kernels.Filtering;

namespace GenKernels.Tests.Kernels.Filtering;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class UpfirdnTests(Device device)
{
    [Test]
    public void ForwardMatchesTheFormula([Values] FloatType type, [Values(1, 3, 17, 130)] int inner, [Values] bool flip)
    {
        (int Up, int Down, int Before, int After, int Taps)[] settings =
            [(1, 1, 0, 0, 3), (2, 1, 2, 1, 4), (1, 2, 5, 5, 12), (3, 2, -1, 2, 5), (2, 3, 4, -5, 3), (1, 1, 9, 9, 5)];
        foreach ((int up, int down, int before, int after, int taps) in settings)
        {
            using Tensor x = TestTensors.Normal([2, 9, inner], seed: 1, device, type.Element());
            using Tensor filter = TestTensors.Normal([taps], seed: 2, device);
            using Tensor y = Upfirdn.Forward(x, filter, 1, up, down, before, after, flip, gain: 1.5f);
            double[] expected = Formula(x, filter.ToDoubles(), up, down, before, after, flip, 1.5);
            Assert.That(y.Shape, Is.EqualTo(Shape.Create([2, expected.Length / 2 / inner, inner])));
            Expect.CloseSums(y, expected, $"up {up}, down {down}, before {before}, after {after}, taps {taps}");
        }
    }

    [Test]
    public void TapsOf64BitsAreTakenToo()
    {
        using Tensor x = TestTensors.Normal([1, 9, 2], seed: 1, device, ElementType.Float64);
        using Tensor filter = TestTensors.Normal([4], seed: 2, device, ElementType.Float64);
        using Tensor y = Upfirdn.Forward(x, filter, 1, 2, 1, 2, 1);
        double[] expected = Formula(x, filter.ToDoubles(), 2, 1, 2, 1, false, 1);
        Expect.Close(y, expected);
    }

    [Test]
    public void NoClipsGiveNoClips()
    {
        using Tensor x = Tensor.Zeros([0, 9, 2], ElementType.Float32, device);
        using Tensor filter = TestTensors.Normal([4], seed: 2, device);
        using Tensor y = Upfirdn.Forward(x, filter, 1, 2, 1, 2, 1);
        Assert.That(y.Shape, Is.EqualTo(Shape.Create([0, 18, 2])));
    }

    [Test]
    public void RejectsAFilterThatIsLongerThanThePaddedAxis()
    {
        using Tensor x = TestTensors.Normal([2, 3], seed: 1, device);
        using Tensor filter = TestTensors.Normal([8], seed: 2, device);
        Assert.That(
            () => Upfirdn.Forward(x, filter, 1, 2, 1, 2, -1),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "Resampling: the axis must hold the filter, got 3 x 2 + 2 + -1 for 8 taps"));
    }

    [Test]
    public void RejectsAFilterOfTwoAxes()
    {
        using Tensor x = TestTensors.Normal([2, 3], seed: 1, device);
        using Tensor filter = TestTensors.Normal([2, 2], seed: 2, device);
        Assert.That(
            () => Upfirdn.Forward(x, filter, 1, 1, 1, 0, 0),
            Throws.TypeOf<ShapeException>().With.Message.Contains("filter must have rank 1")
                .And.Message.Contains("[2, 2]"));
    }

    [Test]
    public void RejectsTapsOf16Bits()
    {
        using Tensor x = TestTensors.Normal([2, 3], seed: 1, device);
        using Tensor filter = TestTensors.Normal([2], seed: 2, device, ElementType.Float16);
        Assert.That(
            () => Upfirdn.Forward(x, filter, 1, 1, 1, 0, 0),
            Throws.TypeOf<ShapeException>().With.Message.Contains("must have 32 or 64 bits"));
    }

    // Zeros between the samples, zeros around them, then the plain sum.
    private static double[] Formula(
        Tensor x, double[] filter, int up, int down, int before, int after, bool flip, double gain)
    {
        double[] values = x.ToDoubles();
        (int outer, int length, int inner) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        int outputLength = (((length * up) + before + after - filter.Length) / down) + 1;
        double[] result = new double[outer * outputLength * inner];
        for (int index = 0; index < result.Length; index++)
        {
            (int o, int m, int i) = (index / inner / outputLength, index / inner % outputLength, index % inner);
            for (int k = 0; k < filter.Length; k++)
            {
                int position = (m * down) + k - before;
                if (position < 0 || position >= length * up || position % up != 0) continue;
                double tap = flip ? filter[k] : filter[filter.Length - 1 - k];
                result[index] += gain * tap * values[(((o * length) + (position / up)) * inner) + i];
            }
        }

        return result;
    }
}
