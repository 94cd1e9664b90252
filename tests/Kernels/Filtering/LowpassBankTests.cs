using System.Text.Json;
using GenKernels.Kernels.Filtering;
using GenKernels.Tests.Golden;

namespace GenKernels.Tests.Kernels.Filtering;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class LowpassBankTests(Device device)
{
    [Test]
    public void ForwardMatchesTheFormula(
        [Values] FloatType type, [Values(1, 4, 5)] int filterCount, [Values(1, 127, 129, 257)] int outputs)
    {
        using TensorScope scope = device.Scope();
        int[] tapCounts = [.. Enumerable.Range(0, filterCount).Select(b => 2 + (3 * b))];
        float[] bank = Bank(tapCounts);
        float[] scales = [.. Enumerable.Range(0, filterCount).Select(b => 1 + (0.25f * b))];
        int taps = tapCounts[^1];
        Tensor noise = TestTensors.Normal([2, outputs + taps - 1, 2], seed: 1, device, type.Element());
        Tensor y = LowpassBank.Forward(noise, Put(bank, filterCount, taps), Put(tapCounts), Put(scales));

        Assert.That(y.Shape.ToString(), Is.EqualTo($"[2, {outputs}, {2 * filterCount}]"));
        double[] expected = Formula(noise, bank, taps, scales);
        Expect.CloseSums(y, expected);
    }

    [Test]
    public void TapsOfSeveralSlicesAreSummed()
    {
        using TensorScope scope = device.Scope();
        int[] tapCounts = [1023, 1025, 2051];
        float[] bank = Bank(tapCounts);
        Tensor noise = TestTensors.Normal([1, 2060, 1], seed: 1, device, ElementType.Float64);
        Tensor y = LowpassBank.Forward(noise, Put(bank, 3, 2051), Put(tapCounts), Put([1f, 1f, 1f]));
        Expect.CloseSums(y, Formula(noise, bank, 2051, [1, 1, 1]));
    }

    [Test]
    public void TheRecordedBankFiltersAsItsFormula()
    {
        using TensorScope scope = device.Scope();
        using SafetensorsFile file = GoldenFiles.Open("ops/filters.safetensors");
        using JsonDocument configs = JsonDocument.Parse(file.Metadata["config"]);
        JsonElement config = configs.RootElement[7];
        int[] indices = [.. config.GetProperty("indices").EnumerateArray().Select(index => index.GetInt32())];
        JsonElement counts = config.GetProperty("num_taps");
        int[] tapCounts = [.. indices.Select(index => counts[index].GetInt32())];
        float[] recorded = file.ReadFloats("case7.out.output_scale");
        float[] scales = [.. indices.Select(index => recorded[index])];
        float[] bank = file.ReadFloats("case7.out.filters");
        Tensor noise = TestTensors.Normal([1, 5002, 1], seed: 1, device);
        Tensor y = LowpassBank.Forward(noise, Put(bank, 8, 5000), Put(tapCounts), Put(scales));
        Expect.CloseSums(y, Formula(noise, bank, 5000, scales));
    }

    [Test]
    public void TheAdjointHasTheSameInnerProducts()
    {
        using TensorScope scope = device.Scope();
        int[] tapCounts = [4, 7, 9, 11, 3];
        (Tensor bank, Tensor scales) = (Put(Bank(tapCounts), 5, 11), Put([1f, 2, 0.5f, 1, 1.5f]));
        Tensor noise = TestTensors.Normal([2, 40, 3], seed: 1, device, ElementType.Float64);
        Tensor g = TestTensors.Normal([2, 30, 15], seed: 2, device, ElementType.Float64);
        Tensor y = LowpassBank.Forward(noise, bank, Put(tapCounts), scales);
        Tensor d = LowpassBank.Gradient(g, bank, scales);
        double forward = y.ToDoubles().Zip(g.ToDoubles(), (a, b) => a * b).Sum();
        double backward = d.ToDoubles().Zip(noise.ToDoubles(), (a, b) => a * b).Sum();
        Assert.That(backward, Is.EqualTo(forward).Within(Tolerance.For(noise.Type)));
    }

    [Test]
    public void RejectsNoiseThatIsShorterThanTheFilters()
    {
        using TensorScope scope = device.Scope();
        Tensor noise = TestTensors.Normal([1, 3, 2], seed: 1, device);
        Assert.That(
            () => LowpassBank.Forward(noise, Put(Bank([4]), 1, 4), Put([4]), Put([1f])),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "LowpassBank: noise of shape [1, 3, 2] is shorter than the 4 taps"));
    }

    private static float[] Bank(int[] tapCounts)
    {
        int length = tapCounts.Max();
        Random random = new(7);
        float[] bank = new float[tapCounts.Length * length];
        for (int index = 0; index < bank.Length; index++)
        {
            bool isTap = index % length >= length - tapCounts[index / length];
            bank[index] = isTap ? (random.NextSingle() - 0.5f) / MathF.Sqrt(length) : 0;
        }

        return bank;
    }

    private static double[] Formula(Tensor noise, float[] bank, int taps, float[] scales)
    {
        double[] values = noise.ToDoubles();
        (int filters, int channels) = (scales.Length, noise.Shape[2]);
        int outputs = noise.Shape[1] - taps + 1;
        double[] result = new double[noise.Shape[0] * outputs * channels * filters];
        for (int index = 0; index < result.Length; index++)
        {
            (int b, int k) = (index % filters, index / filters % channels);
            (int t, int n) = (index / filters / channels % outputs, index / filters / channels / outputs);
            for (int j = 0; j < taps; j++)
            {
                double sample = values[(((n * noise.Shape[1]) + t + j) * channels) + k];
                result[index] += (double)scales[b] * bank[(b * taps) + j] * sample;
            }
        }

        return result;
    }

    private Tensor Put<T>(T[] values)
        where T : unmanaged => Tensor.From(values, [values.Length], device);

    private Tensor Put(float[] values, int rows, int columns) => Tensor.From(values, [rows, columns], device);
}
