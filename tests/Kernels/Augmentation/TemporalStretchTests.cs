using System.Text.Json;
using GenKernels.Autograd;
using GenKernels.Tests.Golden;
using Stretch = GenKernels.Kernels.Augmentation.TemporalStretch;

namespace GenKernels.Tests.Kernels.Augmentation;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class TemporalStretchTests(Device device)
{
    [Test]
    public void ForwardMatchesTheFormula(
        [Values] FloatType type, [Values(1, 5, 300)] int inner, [Values(4, 9, 20)] int frames)
    {
        (float[] scales, int[] padding, int[] starts) = ([0.5f, 0.8f, 1, 1.3f, 2], [2, 0, 0, 1, 0], [0, 0, 2, 1, 5]);
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([5, 9, inner], seed: 1, device, type.Element());
        Tensor y = Stretch.Forward(x, Draw(scales), Draw(padding), Draw(starts), frames);
        double[] values = x.ToDoubles();
        double[] actual = y.ToDoubles();
        double tolerance = 4 * Math.Max(Tolerance.Float32, Tolerance.For(x.Type));  // positions, up to 9, are floats
        for (int index = 0; index < actual.Length; index++)
        {
            (int n, int t, int i) = (index / inner / frames, index / inner % frames, index % inner);
            int resized = t + starts[n] - padding[n];
            double expected = Formula(j => values[(((n * 9) + j) * inner) + i], 9, scales[n], resized);
            Assert.That(actual[index], Is.EqualTo(expected).Within(tolerance), $"clip {n}, frame {t}");
        }
    }

    [Test]
    public void AClipThatKeepsItsFramesIsLeftAsItIs([Values(1.05f, 1.125f, 1.2f)] float scale)
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([1, 4, 3], seed: 1, device), requiresGradient: true);
        Variable y = x.TemporalStretch(Draw([scale]), Draw([0]), Draw([0]));
        Assert.That(y.Value.ToDoubles(), Is.EqualTo(x.Value.ToDoubles()));
        Variable upstream = new(TestTensors.Normal([1, 4, 3], seed: 2, device));
        Assert.That(Gradient.Of(y, [x], upstream)[0].Value.ToDoubles(), Is.EqualTo(upstream.Value.ToDoubles()));
    }

    [Test]
    public void TheRecordedCasesComeOut()
    {
        using TensorScope scope = device.Scope();
        using SafetensorsFile file = GoldenFiles.Open("ops/temporal_stretch.safetensors");
        using JsonDocument configs = JsonDocument.Parse(file.Metadata["config"]);
        int number = 0;
        foreach (JsonElement config in configs.RootElement.EnumerateArray())
        {
            string name = $"case{number++}";
            Tensor scale = Draw([config.GetProperty("scale_factor").GetSingle()]);
            Tensor padding = Draw([config.GetProperty("pad")[0].GetInt32()]);
            Tensor start = Draw([config.GetProperty("crop_start").GetInt32()]);
            Variable x = new(Recorded(file, $"{name}.in.x"), requiresGradient: true);
            Variable y = x.TemporalStretch(scale, padding, start);
            AssertEqual(y.Value, Recorded(file, $"{name}.out.y"), name);
            Variable gradient = Gradient.Of(y, [x], new Variable(Recorded(file, $"{name}.in.dy")))[0];
            AssertEqual(gradient.Value, Recorded(file, $"{name}.grad.x"), name);
        }
    }

    [Test]
    public void RejectsADrawThatIsMissing()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 4, 3], seed: 1, device);
        Assert.That(
            () => Stretch.Forward(x, Draw([1f]), Draw([0, 0]), Draw([0, 0]), 4),
            Throws.TypeOf<ShapeException>().With.Message.StartsWith(
                $"TemporalStretch: scale must be Float32[2] on {device}, one a clip, got Float32[1]"));
    }

    [Test]
    public void RejectsAVector()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2], seed: 1, device);
        Assert.That(
            () => Stretch.Forward(x, Draw([1f, 1f]), Draw([0, 0]), Draw([0, 0]), 4),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[N, T, ...]").And.Message.Contains("[2]"));
    }

    private static double Formula(Func<int, double> frame, int frameCount, double scale, int resized)
    {
        if (resized < 0 || resized >= Math.Floor(frameCount * scale)) return 0;
        double position = Math.Max(0, ((resized + 0.5) / scale) - 0.5);
        int lower = Math.Min((int)position, frameCount - 1);
        double weight = position - lower;
        return ((1 - weight) * frame(lower)) + (weight * frame(Math.Min(lower + 1, frameCount - 1)));
    }

    private static void AssertEqual(Tensor actual, Tensor expected, string what) =>
        Expect.CloseSums(actual, expected.ToDoubles(), what);

    /// <summary>One clip, recorded as <c>[C, H, W, T]</c>.</summary>
    private Tensor Recorded(SafetensorsFile file, string name)
    {
        int[] sizes = [.. file.Entry(name).Shape];
        Variable recorded = new(Tensor.From(file.ReadFloats(name), Shape.Create(sizes), device));
        return recorded.Permute(3, 1, 2, 0).Reshape([1, sizes[3], sizes[1], sizes[2], sizes[0]]).Value;
    }

    private Tensor Draw<T>(T[] values)
        where T : unmanaged => Tensor.From(values, [values.Length], device);
}
