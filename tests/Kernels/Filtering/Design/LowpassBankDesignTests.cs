using System.Text.Json;
using GenKernels.Kernels.Filtering;
using GenKernels.Tests.Golden;

namespace GenKernels.Tests.Kernels.Filtering;

public sealed class LowpassBankDesignTests
{
    [Test]
    public void TheRecordedBankComesOut()
    {
        using SafetensorsFile file = GoldenFiles.Open("ops/filters.safetensors");
        using JsonDocument configs = JsonDocument.Parse(file.Metadata["config"]);
        JsonElement config = configs.RootElement[7];
        LowpassBankDesign bank = new(filterCount: 128, minimumRate: 250, maximumRate: 10_000);

        Assert.That(bank.KernelSize, Is.EqualTo(config.GetProperty("kernel_size").GetInt32()));
        Assert.That(bank.TapCounts.ToArray(), Is.EqualTo(Numbers(config, "num_taps")));
        double[] rates = Numbers(config, "sampling_rates");
        Assert.That(bank.SamplingRates.ToArray(), Is.EqualTo(rates).Within(Tolerance.Float64 * rates[^1]));
        float[] scales = file.ReadFloats("case7.out.output_scale");
        Assert.That(bank.OutputScales.ToArray(), Is.EqualTo(scales).Within(100 * Tolerance.Float32).Percent);

        double[] indices = Numbers(config, "indices");
        float[] expected = file.ReadFloats("case7.out.filters");  // [8, 5000]
        for (int i = 0; i < indices.Length; i++)
        {
            float[] kernel = bank.Kernels.Slice((int)indices[i] * bank.KernelSize, bank.KernelSize).ToArray();
            float[] recorded = expected[(i * bank.KernelSize)..((i + 1) * bank.KernelSize)];
            double tolerance = Tolerance.Float32 * recorded.Max();
            Assert.That(kernel, Is.EqualTo(recorded).Within(tolerance), $"filter {indices[i]}");
        }
    }

    [Test]
    public void AnyBankEndsWithItsTapsAndKeepsUnitVariance()
    {
        LowpassBankDesign bank = new(filterCount: 5, minimumRate: 9, maximumRate: 33);
        Assert.That(bank.KernelSize, Is.EqualTo(17));
        for (int filter = 0; filter < 5; filter++)
        {
            float[] kernel = bank.Kernels.Slice(filter * 17, 17).ToArray();
            int tapCount = bank.TapCounts[filter];
            Assert.That(tapCount, Is.EqualTo((int)Math.Ceiling(bank.SamplingRates[filter] / 2)));
            Assert.That(kernel[..^tapCount], Is.All.Zero);
            Assert.That(kernel.Sum(), Is.EqualTo(1).Within(Tolerance.Float32));
            double variance = kernel.Sum(tap => (double)tap * tap) * Math.Pow(bank.OutputScales[filter], 2);
            Assert.That(variance, Is.EqualTo(1).Within(Tolerance.Float32));
        }
    }

    /// <summary>A first rate of 40 comes out one ULP too large, in the release too, and its filter gets one more
    /// tap.</summary>
    [Test]
    public void RatesAreRoundedAsInTheRelease()
    {
        Assert.That(
            new LowpassBankDesign(8, 40, 200).TapCounts.ToArray(),
            Is.EqualTo(new[] { 21, 26, 32, 40, 51, 64, 80, 100 }));
        Assert.That(new LowpassBankDesign(3, 20, 80).TapCounts.ToArray(), Is.EqualTo(new[] { 11, 20, 40 }));
    }

    [Test]
    public void RefusesNoFiltersAndRatesOutOfOrder()
    {
        Assert.That(() => new LowpassBankDesign(0, 250, 1000), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new LowpassBankDesign(1, 4, 1000), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new LowpassBankDesign(1, 250, 249), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static double[] Numbers(JsonElement config, string name) =>
        [.. config.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];
}
