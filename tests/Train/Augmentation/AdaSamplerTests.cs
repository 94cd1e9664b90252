using GenKernels.Autograd;
using GenKernels.Kernels.Filtering.Design;
using GenKernels.Train.Augmentation;

namespace GenKernels.Tests.Train.Augmentation;

public sealed class AdaSamplerTests
{
    private const int Many = 4000;

    // Bounds in standard deviations.
    private const double Deviations = 5;

    [Test]
    public void NothingHappensWithProbabilityZero()
    {
        AdaTransform drawn = Draw(AdaOptions.GeometryAndColor with { Noise = 1 }, 0, clips: 5);
        double[] still = ColorMap.Identity.ToArray();
        Assert.That(drawn.Sources, Is.All.EqualTo(PlaneMap.Identity));
        Assert.That(drawn.Colors!.Select(color => color.ToArray()), Is.All.EqualTo(still));
        Assert.That(drawn.Noise, Is.All.Zero);
    }

    [Test]
    public void WhatIsNotAskedForIsNotDrawn()
    {
        AdaTransform nothing = Draw(new AdaOptions(), 1, clips: 3);
        AdaTransform corruption = Draw(AdaOptions.Corruption(), 1, clips: 3);
        Assert.That(nothing, Is.EqualTo(new AdaTransform(null, null, null)));
        Assert.That(corruption.Sources, Has.Count.EqualTo(3));
        Assert.That(corruption.Noise, Has.Count.EqualTo(3));
        Assert.That(corruption.Colors, Is.Null);
    }

    [Test]
    public void TheSameSeedAndStepDrawTheSame()
    {
        AdaTransform first = Draw(AdaOptions.GeometryAndColor, 0.6, clips: 7);
        AdaTransform second = Draw(AdaOptions.GeometryAndColor, 0.6, clips: 7);
        AdaTransform other = AdaSampler.Draw(AdaOptions.GeometryAndColor, 0.6, 7, 36, 64, new SeededDraws(1, 3));
        Assert.That(second.Sources, Is.EqualTo(first.Sources));
        Assert.That(other.Sources, Is.Not.EqualTo(first.Sources));
    }

    [Test]
    public void HalfOfThePicturesAreFlippedWhereAllMayBe([Values(0.5, 1)] double probability)
    {
        IReadOnlyList<PlaneMap> maps = Draw(new AdaOptions { Flip = 1 }, probability, Many).Sources!;
        AssertShare(maps.Count(map => map.XX == -1), probability / 2);
    }

    [Test]
    public void OneOfTheTwoTurnsHappensWithTheProbabilityOfAnAugmentation()
    {
        IReadOnlyList<PlaneMap> maps = Draw(new AdaOptions { Rotation = 1 }, 0.6, Many).Sources!;
        AssertShare(maps.Count(map => map != PlaneMap.Identity), 0.6);
    }

    [Test]
    public void WholeMovesAreWholeAndWithinTheirBounds()
    {
        IReadOnlyList<PlaneMap> maps = Draw(new AdaOptions { WholeMoves = 1 }, 1, Many).Sources!;
        Assert.That(maps.Select(map => map.X), Is.All.InRange(-8, 8));
        Assert.That(maps.Select(map => map.Y), Is.All.InRange(-5, 5));
        Assert.That(maps.Select(map => Math.Abs(map.X % 1) + Math.Abs(map.Y % 1)), Is.All.Zero);
    }

    [Test]
    public void DrawsAreUniformAndNormal()
    {
        SeededDraws draws = new(5, 2);
        double[] uniform = draws.Uniform(Many);
        double[] normal = draws.Normal(Many);
        Assert.That(uniform, Is.All.InRange(0, 1 - 1e-16));
        Assert.That(uniform.Average(), Is.EqualTo(0.5).Within(Deviations * Math.Sqrt(1 / 12.0 / Many)));
        Assert.That(normal.Average(), Is.Zero.Within(Deviations / Math.Sqrt(Many)));
        Assert.That(normal.Average(value => value * value), Is.EqualTo(1).Within(Deviations * Math.Sqrt(2.0 / Many)));
    }

    [Test]
    public void NoiseThatWasDrawnNeedsItsNumbers()
    {
        Device device = TestDevices.Usual;
        using TensorScope scope = device.Scope();
        Variable clips = new(TestTensors.Normal([2, 1, 4, 4, 3], seed: 1, device));
        AdaTransform drawn = new(null, null, [0.5, 0]);
        Tensor lowpass = Tensor.From(Array.ConvertAll(Symlet.Lowpass(), tap => (float)tap), [12], device);
        Assert.That(
            () => drawn.Apply(clips, lowpass),
            Throws.TypeOf<ShapeException>().With.Message.Contains("noise was drawn"));
        Tensor noise = TestTensors.Normal(clips.Shape, seed: 2, device);
        (double[] x, double[] added) = (clips.Value.ToDoubles(), noise.ToDoubles());
        double[] expected = [.. x.Select((value, index) => value + (index < 48 ? 0.5 * added[index] : 0))];
        Expect.Close(drawn.Apply(clips, lowpass, noise).Value, expected);
    }

    [Test]
    public void RefusesAProbabilityAboveOne() => Assert.That(
        () => Draw(new AdaOptions(), 1.5, clips: 1),
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("must be from 0 to 1, got 1.5"));

    private static void AssertShare(int count, double expected)
    {
        double deviation = Math.Sqrt(expected * (1 - expected) / Many);
        Assert.That(count / (double)Many, Is.EqualTo(expected).Within(Deviations * deviation));
    }

    private static AdaTransform Draw(AdaOptions options, double probability, int clips) =>
        AdaSampler.Draw(options, probability, clips, 36, 64, new SeededDraws(1, 2));
}
