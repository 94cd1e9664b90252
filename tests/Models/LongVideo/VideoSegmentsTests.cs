using GenKernels.Autograd;
using GenKernels.Kernels.Random;
using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;

namespace GenKernels.Tests.Models.LongVideo;

public sealed class VideoSegmentsTests
{
    private const int FrameLength = 8 * 16 * 3;
    private const int Scale = 32;
    private const ulong Seed = 5;

    // Relative to the largest value: sums of other lengths are added in another order.
    private const double Rounding = 1e-5;

    private static Device Device => TestDevices.Usual;

    [Test]
    public void TheLengthOfSegmentsChangesNothing([Values(6, 8)] int temporalPadding)
    {
        using LowResolutionGenerator generator = Generator(temporalPadding);
        using VideoSegments segments = new(generator, Seed, Device);
        float[] shortOnes = [.. segments.Whole(4 * Scale, Scale).SelectMany(values => values)];
        float[] longOnes = [.. segments.Whole(4 * Scale, 3 * Scale).SelectMany(values => values)];
        AssertClose(shortOnes, longOnes);
    }

    [Test]
    public void ALongerVideoBeginsAsAShorterOne()
    {
        using LowResolutionGenerator generator = Generator(temporalPadding: 8);
        using VideoSegments segments = new(generator, Seed, Device);
        float[] shortOne = [.. segments.Whole(Scale + 7, Scale).SelectMany(values => values)];
        float[] longOne = [.. segments.Whole(3 * Scale, Scale).SelectMany(values => values)];
        Assert.That(shortOne, Has.Length.EqualTo((Scale + 7) * FrameLength));
        Assert.That(shortOne[..(Scale * FrameLength)], Is.EqualTo(longOne[..(Scale * FrameLength)]), "the same bits");
        AssertClose(shortOne, longOne[..shortOne.Length]);
    }

    [Test]
    public void ASegmentIsPartOfTheVideoOfTheWholeNoise()
    {
        using LowResolutionGenerator generator = Generator(temporalPadding: 8);
        using VideoSegments segments = new(generator, Seed, Device);
        float[] segment = segments.Next(Scale, Scale);
        int frameCount = (3 * Scale) + (2 * segments.Margin);
        using TensorScope scope = Device.Scope();
        using RandomGenerator random = new(Device, Seed);
        Variable noise = new(random.Normal(generator.NoiseShape(1, frameCount)));
        Variable whole = generator.Forward(noise, frameCount);
        AssertClose(segment, whole.Window(1, segments.Margin + Scale, Scale).Value.ToArray<float>());
    }

    [Test]
    public void AnotherSeedAndAnotherTimeGiveOtherFrames()
    {
        using LowResolutionGenerator generator = Generator(temporalPadding: 8);
        using VideoSegments segments = new(generator, Seed, Device);
        using VideoSegments others = new(generator, Seed + 1, Device);
        float[] segment = segments.Next(0, Scale);
        Assert.That(Distance(segment, others.Next(0, Scale)), Is.GreaterThan(0.01));
        Assert.That(Distance(segment, segments.Next(Scale, Scale)), Is.GreaterThan(0.01));
    }

    [Test]
    public void RefusesAStartOffTheGrid()
    {
        using LowResolutionGenerator generator = Generator(temporalPadding: 8);
        using VideoSegments segments = new(generator, Seed, Device);
        Assert.That(
            () => segments.Next(33, 8),
            Throws.InstanceOf<ArgumentException>().With.Message.Contains("multiple of 32").And.Message.Contains("33"));
    }

    private static LowResolutionGenerator Generator(int temporalPadding)
    {
        using Initializer initializer = new(Device, seed: 1);
        return new LowResolutionGenerator(SmallestPreset.With(temporalPadding).Generator, initializer);
    }

    private static void AssertClose(float[] actual, float[] expected) =>
        Assert.That(Distance(actual, expected), Is.LessThan(Rounding));

    /// <summary>The largest difference, relative to the largest magnitude.</summary>
    private static double Distance(float[] left, float[] right)
    {
        Assert.That(left, Has.Length.EqualTo(right.Length));
        return left.Zip(right, (a, b) => Math.Abs(a - b)).Max() / right.Max(Math.Abs);
    }
}
