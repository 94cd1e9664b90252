using GenKernels.Kernels.Augmentation;
using GenKernels.Train.LongVideo;

namespace GenKernels.Tests.Train.LongVideo;

public sealed class StepDrawsTests
{
    private const int Clips = 2000, Frames = 16, Height = 36, Width = 64;

    // Five standard deviations of the mean of uniform numbers between 0 and 1, and of the number below a quarter.
    private static readonly double s_ofMean = 5 * Math.Sqrt(1 / 12.0 / Clips);
    private static readonly double s_ofCount = 5 * Math.Sqrt(3 / 16.0 * Clips);

    [Test]
    public void ColoursAreUniformFromZeroToOne()
    {
        using TensorScope scope = TestDevices.Usual.Scope();
        DiffAugDraws draws = Draw().DiffAug!;
        foreach (Tensor tensor in (Tensor[])[draws.Brightness!, draws.Saturation!, draws.Contrast!])
        {
            float[] values = tensor.ToArray<float>();
            Assert.That(values, Is.All.InRange(0f, 0.99999994f));
            Assert.That(values.Average(), Is.EqualTo(0.5).Within(s_ofMean));
            Assert.That(values.Count(value => value < 0.25f), Is.EqualTo(Clips / 4).Within(s_ofCount));
        }
    }

    /// <summary>A quarter of the longer side in either direction, on both axes; the middle of the cutout
    /// anywhere.</summary>
    [Test]
    public void PlacesReachBothEndsOfTheirRanges()
    {
        using TensorScope scope = TestDevices.Usual.Scope();
        DiffAugDraws draws = Draw().DiffAug!;
        AssertRange(draws.Rows!, -16, 16);
        AssertRange(draws.Columns!, -16, 16);
        AssertRange(draws.CutoutRows!, 0, Height);
        AssertRange(draws.CutoutColumns!, 0, Width);
    }

    [Test]
    public void SpeedsAreUniformInOctavesAndClipsLieWithinWhatTheyAreCutFrom()
    {
        using TensorScope scope = TestDevices.Usual.Scope();
        StretchDraws stretch = Draw().Stretch!;
        float[] scales = stretch.Scale.ToArray<float>();
        (int[] padding, int[] starts) = (stretch.Padding.ToArray<int>(), stretch.CropStart.ToArray<int>());
        Assert.That(scales, Is.All.InRange(0.5f, 2f));
        Assert.That(scales.Average(scale => Math.Log2(scale)), Is.Zero.Within(2 * s_ofMean));
        Assert.That(scales.Count(scale => Math.Log2(scale) < -0.5), Is.EqualTo(Clips / 4).Within(s_ofCount));
        for (int clip = 0; clip < Clips; clip++)
        {
            int length = (int)Math.Floor(Frames * (double)scales[clip]);
            Assert.That(padding[clip], Is.InRange(0, Math.Max(0, Frames - length)));
            Assert.That(starts[clip], Is.InRange(0, Math.Max(0, length - Frames)));
        }

        Assert.That(padding.Max(), Is.GreaterThanOrEqualTo(7));
        Assert.That(starts.Max(), Is.GreaterThanOrEqualTo(14));
    }

    [Test]
    public void ClipsBeginAnywhereOnTheGrid()
    {
        int[] starts = Draws(step: 0).Starts(Clips, places: 32);
        Assert.That(starts.Distinct(), Is.EquivalentTo(Enumerable.Range(0, 32)));
    }

    [Test]
    public void DrawsAreAFunctionOfSeedAndStepAndDifferWithinAStep()
    {
        StepDraws draws = Draws(step: 4);
        int[] first = draws.Starts(Clips, 1000), second = draws.Starts(Clips, 1000);
        Assert.That(second, Is.Not.EqualTo(first));
        Assert.That(Draws(step: 4).Starts(Clips, 1000), Is.EqualTo(first));
        Assert.That(Draws(step: 5).Starts(Clips, 1000), Is.Not.EqualTo(first));
        Assert.That(new StepDraws(TestDevices.Usual, seed: 8, step: 4).Starts(Clips, 1000), Is.Not.EqualTo(first));
    }

    [Test]
    public void WhatIsSwitchedOffIsNotDrawn()
    {
        LowResolutionTrainingOptions options = new() { DiffAug = false, StretchRange = 0 };
        ClipAugmentation augmentation = Draws(step: 0).Augmentation(Clips, options, Frames, Height, Width);
        Assert.That(augmentation.DiffAug, Is.Null);
        Assert.That(augmentation.Stretch, Is.Null);
    }

    private static StepDraws Draws(long step) => new(TestDevices.Usual, seed: 7, step);

    private static ClipAugmentation Draw() =>
        Draws(step: 0).Augmentation(Clips, new LowResolutionTrainingOptions(), Frames, Height, Width);

    private static void AssertRange(Tensor tensor, int low, int high)
    {
        int[] values = tensor.ToArray<int>();
        Assert.That((values.Min(), values.Max()), Is.EqualTo((low, high)));
        Assert.That(values.Average(), Is.EqualTo((low + high) / 2.0).Within((high - low + 1) * s_ofMean));
    }
}
