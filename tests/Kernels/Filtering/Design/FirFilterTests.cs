using System.Text.Json;
using GenKernels.Kernels.Filtering;
using GenKernels.Tests.Golden;

namespace GenKernels.Tests.Kernels.Filtering;

public sealed class FirFilterTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    [TestCase(5)]
    [TestCase(6)]
    public void TheRecordedFiltersComeOut(int index)
    {
        using SafetensorsFile file = GoldenFiles.Open("ops/filters.safetensors");
        using JsonDocument configs = JsonDocument.Parse(file.Metadata["config"]);
        JsonElement config = configs.RootElement[index];
        int tapCount = config.GetProperty("numtaps").GetInt32();
        double cutoff = config.GetProperty("cutoff").GetDouble(), rate = config.GetProperty("fs").GetDouble();
        JsonElement widthValue = config.GetProperty("width");
        double? width = widthValue.ValueKind == JsonValueKind.Null ? null : widthValue.GetDouble();

        bool isRadial = config.GetProperty("op").GetString()!.StartsWith("radial", StringComparison.Ordinal);
        double[] taps = isRadial
            ? FirFilter.RadialLowPass(tapCount, cutoff, width!.Value, rate)
            : FirFilter.LowPass(tapCount, cutoff, width, rate);

        float[] expected = file.ReadFloats($"case{index}.out.f");
        double[] recorded = Array.ConvertAll(expected, tap => (double)tap);
        Assert.That(taps, Is.EqualTo(recorded).Within(Math.Pow(2, -25)));  // half a unit of floats below 1
        if (!config.TryGetProperty("kaiser_beta", out JsonElement beta) || width is null) return;
        double actual = KaiserWindow.Beta(width.Value, tapCount, rate);
        Assert.That(actual, Is.EqualTo(beta.GetDouble()).Within(Tolerance.Float64));
    }

    [Test]
    public void AnOddRadialFilterHasItsLimitInTheMiddle()
    {
        double[] taps = FirFilter.RadialLowPass(5, cutoff: 1, width: 3, samplingRate: 8);
        Assert.That(taps.Sum(), Is.EqualTo(1).Within(1e-14));
        Assert.That(taps.Max(), Is.EqualTo(taps[12]));
        Assert.That(taps[12], Is.EqualTo(taps[11]).Within(40).Percent.And.Not.NaN);  // near its neighbour
    }

    [Test]
    public void ASingleTapPassesEverything([Values(null, 1.0)] double? width) =>
        Assert.That(FirFilter.LowPass(1, cutoff: 1, width, samplingRate: 8), Is.EqualTo((double[])[1]));

    [Test]
    public void ATriangleInterpolatesLinearly()
    {
        Assert.That(FirFilter.Linear(1), Is.EqualTo((double[])[0.5, 0.5]));
        Assert.That(FirFilter.Linear(2), Is.EqualTo((double[])[0.125, 0.375, 0.375, 0.125]).Within(1e-15));
        Assert.That(
            FirFilter.Linear(3),
            Is.EqualTo((double[])[1 / 18.0, 3 / 18.0, 5 / 18.0, 5 / 18.0, 3 / 18.0, 1 / 18.0]).Within(1e-15));
    }

    [Test]
    public void ABinomialFilterIsARowOfPascalsTriangle()
    {
        Assert.That(FirFilter.Binomial(1), Is.EqualTo((double[])[1]));
        Assert.That(FirFilter.Binomial(4), Is.EqualTo((double[])[0.125, 0.375, 0.375, 0.125]));
        Assert.That(FirFilter.Binomial(5), Is.EqualTo((double[])[1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0]));
    }

    [Test]
    public void RefusesNoTapsAndACutoffOutOfTheBand()
    {
        Assert.That(() => FirFilter.LowPass(0, 1, null, 8), Throws.TypeOf<ArgumentOutOfRangeException>()
            .With.Property("ParamName").EqualTo("tapCount"));
        Assert.That(() => FirFilter.LowPass(4, 4, null, 8), Throws.TypeOf<ArgumentOutOfRangeException>()
            .With.Property("ParamName").EqualTo("cutoff"));
        Assert.That(() => FirFilter.LowPass(4, 1, 0, 8), Throws.TypeOf<ArgumentOutOfRangeException>()
            .With.Property("ParamName").EqualTo("width"));
        Assert.That(() => FirFilter.Linear(0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => FirFilter.Binomial(0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
