using GenKernels.Autograd;
using GenKernels.Kernels.Optimization;
using GenKernels.Tests.Golden;

namespace GenKernels.Tests.Kernels.Optimization;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class LerpTests(Device device)
{
    [Test]
    public void TheResultIsBetweenTheTwo(
        [Values] FloatType type, [Values(0, 1, 4097)] int count, [Values(0, 0.25f, 0.75f, 1)] float weight)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([count], seed: 1, device, type.Element());
        Tensor y = TestTensors.Normal([count], seed: 2, device, type.Element());
        (double[] to, double[] from) = (x.ToDoubles(), y.ToDoubles());
        Lerp.Into(x, y, Tensor.From([weight], [1], device));
        double[] expected = [.. from.Zip(to, (a, b) => ((1 - weight) * a) + (weight * b))];
        Expect.Close(y, expected);
        if (weight is 0 or 1) Assert.That(y.ToDoubles(), Is.EqualTo(expected));
    }

    [Test]
    public void RecordedMovingAveragesAreMatched([Values(5, 6, 7)] int index)
    {
        using TensorScope scope = device.Scope();
        using SafetensorsFile file = GoldenFiles.Open("ops/optim_ema.safetensors");
        long[] steps = [0, 1, 10, 1000, 30000];
        float[] x = file.ReadFloats($"case{index}.in.x");
        Tensor average = Tensor.From(file.ReadFloats($"case{index}.in.ema0"), [6], device);
        for (int update = 1; update <= 5; update++)
        {
            double beta = index switch
            {
                5 => EmaSchedule.LongVideo(steps[update - 1]),
                6 => EmaSchedule.StyleGan(steps[update - 1]),
                _ => EmaSchedule.LatentDiffusion(update),
            };
            float recorded = file.ReadFloats($"case{index}.out.beta{update}")[0];
            Assert.That(beta, Is.EqualTo(recorded).Within(Tolerance.Float32));
            Tensor parameter = Tensor.From(x.AsSpan((update - 1) * 6, 6).ToArray(), [6], device);
            Lerp.Into(parameter, average, Tensor.From([(float)(1 - beta)], [1], device));
            float[] expected = file.ReadFloats($"case{index}.out.ema{update}");
            Expect.Close(average, Array.ConvertAll(expected, value => (double)value), $"update {update}");
        }
    }

    [Test]
    public void RejectsAWeightOfTwoElements()
    {
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([4], ElementType.Float32, device);
        Tensor y = Tensor.Zeros([4], ElementType.Float32, device);
        Tensor weight = Tensor.Zeros([2], ElementType.Float32, device);
        Assert.That(
            () => Lerp.Into(x, y, weight),
            Throws.TypeOf<ShapeException>().With.Message.Contains("weight").And.Message.Contains("[2]"));
    }
}
