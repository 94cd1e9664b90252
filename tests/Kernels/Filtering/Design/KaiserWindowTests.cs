using GenKernels.Kernels.Filtering;

namespace GenKernels.Tests.Kernels.Filtering;

public sealed class KaiserWindowTests
{
    [Test]
    public void TheWindowIsTheFormula([Values(2, 5, 8)] int tapCount, [Values(0, 3.5)] double beta)
    {
        double[] weights = KaiserWindow.Weights(tapCount, beta);
        for (int tap = 0; tap < tapCount; tap++)
        {
            double place = (2.0 * tap / (tapCount - 1)) - 1;
            double expected = I0Integral(beta * Math.Sqrt(1 - (place * place))) / I0Integral(beta);
            Assert.That(weights[tap], Is.EqualTo(expected).Within(1e-13));
        }
    }

    [Test]
    public void AWindowOfOneTapIsOne() => Assert.That(KaiserWindow.Weights(1, 5), Is.EqualTo((double[])[1]));

    [TestCase(2, 11.5)]
    [TestCase(12, 43.9)]
    [TestCase(40, 135.3)]
    public void BetaFollowsTheDecibelsThatTheTapsReach(int tapCount, double decibels)
    {
        double width = tapCount == 2 ? 0.5 : 0.455;
        double exact = (2.285 * (tapCount - 1) * Math.PI * width) + 7.95;
        Assert.That(exact, Is.EqualTo(decibels).Within(0.05));  // one decimal
        double expected = decibels > 50 ? 0.1102 * (exact - 8.7)
            : decibels > 21 ? (0.5842 * Math.Pow(exact - 21, 0.4)) + (0.07886 * (exact - 21))
            : 0;
        double actual = KaiserWindow.Beta(width, tapCount, samplingRate: 2);
        Assert.That(actual, Is.EqualTo(expected).Within(Tolerance.Float64));
    }

    [Test]
    public void RefusesNoTapsAndANegativeShape()
    {
        Assert.That(() => KaiserWindow.Weights(0, 1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => KaiserWindow.Weights(1, -1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => KaiserWindow.Beta(0, 4, 8), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static double I0Integral(double x)
    {
        const int SampleCount = 64;
        return Enumerable.Range(0, SampleCount).Average(i => Math.Exp(x * Math.Cos(2 * Math.PI * i / SampleCount)));
    }
}
