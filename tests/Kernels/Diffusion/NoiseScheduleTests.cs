using GenKernels.Kernels.Diffusion;

namespace GenKernels.Tests.Kernels.Diffusion;

public sealed class NoiseScheduleTests
{
    private static readonly NoiseSchedule s_schedule = NoiseSchedule.ScaledLinear();

    [Test]
    public void TheRootsOfTheBetasAreEvenlySpaced()
    {
        Assert.That(s_schedule.LevelCount, Is.EqualTo(1000));
        Assert.That(s_schedule.Betas[0], Is.EqualTo(0.00085).Within(1e-15));
        Assert.That(s_schedule.Betas[999], Is.EqualTo(0.012).Within(1e-15));
        double[] roots = [.. s_schedule.Betas.Select(Math.Sqrt)];
        Assert.That(roots[500] - roots[499], Is.EqualTo(roots[1] - roots[0]).Within(1e-16));  // their rounding
    }

    [Test]
    public void SignalAndSpreadKeepTheVariance()
    {
        foreach ((float signal, float spread) in s_schedule.Signal().Zip(s_schedule.Spread()))
        {
            Assert.That((signal * signal) + (spread * spread), Is.EqualTo(1).Within(Tolerance.Float32));
        }
    }

    [Test]
    public void LevelAndNoiseAreEachOthersInverse([Values(0, 0.25, 1, 17.5, 998.9, 999)] double level) =>
        Assert.That(s_schedule.LevelOf(s_schedule.SigmaOf(level)), Is.EqualTo(level).Within(Tolerance.Float64));

    [Test]
    public void BeyondTheLevelsIsTheLastOfThem()
    {
        Assert.That(s_schedule.LevelOf(1e-9), Is.Zero);
        Assert.That(s_schedule.LevelOf(1e9), Is.EqualTo(999));
        Assert.That(s_schedule.NearestLevel(1e9), Is.EqualTo(999));
    }

    [Test]
    public void TheNearestLevelIsNearestInTheLogarithm()
    {
        double between = s_schedule.SigmaOf(100.49);
        Assert.That(s_schedule.NearestLevel(between), Is.EqualTo(100));
        Assert.That(s_schedule.NearestLevel(between * 1.001), Is.EqualTo(101));
    }

    [Test]
    public void ASamplerGoesFromTheMostNoiseToNone([Values(1, 2, 12, 50)] int steps)
    {
        double[] sigmas = s_schedule.Sigmas(steps);
        Assert.That(sigmas, Has.Length.EqualTo(steps + 1));
        Assert.That(sigmas, Is.Ordered.Descending);
        Assert.That(sigmas[^1], Is.Zero);
        Assert.That(sigmas[0], Is.EqualTo(s_schedule.SigmaOf(999)));
    }

    [TestCase(10, 10, 901)]
    [TestCase(7, 8, 995)]
    [TestCase(999, 999, 999)]
    public void DdimTakesEveryLevelOfAWholeStride(int steps, int count, int last)
    {
        int[] levels = s_schedule.DdimLevels(steps);
        Assert.That((levels.Length, levels[0], levels[^1]), Is.EqualTo((count, 1, last)));
    }

    [Test]
    public void RefusesALevelThatIsNotThere() => Assert.That(
        () => s_schedule.SigmaOf(999.5),
        Throws.TypeOf<ShapeException>().With.Message.EqualTo(
            "NoiseSchedule: the levels are 0 to 999, got 999.5"));

    [Test]
    public void RefusesABetaOfOne() => Assert.That(
        () => new NoiseSchedule([0.5, 1]), Throws.TypeOf<ShapeException>().With.Message.Contains("between 0 and 1"));
}
