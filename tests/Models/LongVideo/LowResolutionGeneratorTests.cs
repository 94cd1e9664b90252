using GenKernels.Autograd;
using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;
using GenKernels.Tests.Golden;

namespace GenKernels.Tests.Models.LongVideo;

public sealed class LowResolutionGeneratorTests
{
    [Test]
    public void EveryStageAndGradientMatchesTheRecordedCase() =>
        RecordedCases.Hold("longvideo/lres_G_36x64.safetensors", TestDevices.Usual);

    [Test]
    public void RunningMagnitudesMatchTheRecordedCase() =>
        RecordedCases.Hold("longvideo/lres_G_18x32_ema.safetensors", TestDevices.Usual);

    [Test]
    public void ThePaperSizeMatchesTheRecordedCase() =>
        RecordedCases.Hold("full/longvideo_lres_G.safetensors", TestDevices.Usual);

    [Test]
    public void ThePaperSizeHasTheStateDictOfTheRelease() => ReleaseState.Hold(
        "facts/longvideo_lres_G.json",
        initializer => new LowResolutionGenerator(LowResolutionPreset.Paper.Generator, initializer));

    /// <summary>Less than the longer video is computed for clips with starts.</summary>
    [Test]
    public void AClipWithAStartIsPartOfTheLongerVideo()
    {
        const int FrameCount = 8, LongerCount = 64;
        int[] starts = [0, 13, 31];
        using TensorScope scope = TestDevices.Usual.Scope();
        using Initializer initializer = new(TestDevices.Usual, seed: 1);
        using LowResolutionGenerator generator = new(SmallestPreset.With(temporalPadding: 8).Generator, initializer);
        Shape shape = generator.NoiseShape(starts.Length, FrameCount, isCropped: true);
        Assert.That(shape, Is.EqualTo(generator.NoiseShape(starts.Length, LongerCount)));
        Variable noise = new(TestTensors.Normal(shape, seed: 2, TestDevices.Usual));
        Variable clips = generator.Forward(noise, FrameCount, places: generator.Places(starts));
        Variable longer = generator.Forward(noise, LongerCount);
        double largest = longer.Value.ToArray<float>().Max(Math.Abs);
        for (int clip = 0; clip < starts.Length; clip++)
        {
            float[] expected = longer.Window(0, clip, 1).Window(1, starts[clip], FrameCount).Value.ToArray<float>();
            float[] actual = clips.Window(0, clip, 1).Value.ToArray<float>();
            Assert.That(actual, Is.EqualTo(expected).Within(1e-5 * largest));  // ten blocks sum in other orders
        }
    }

    [Test]
    public void TheFiltersAreThoseOfTheRelease()
    {
        using SafetensorsFile file = GoldenFiles.Open("longvideo/lres_G_36x64.safetensors");
        using Initializer initializer = new(TestDevices.Usual, seed: 0);
        using NoiseEmbedding embedding = new(32, new NoiseEmbeddingOptions(8, 40, 400), initializer);
        foreach (StateEntry entry in StateDict.Write(embedding))
        {
            float[] recorded = file.ReadFloats($"buffer.temporal_emb.{entry.Name}");
            double tolerance = Tolerance.Float32 * recorded.Max(Math.Abs);
            Assert.That(entry.Values<float>(), Is.EqualTo(recorded).Within(tolerance), entry.Name);
        }
    }

    [Test]
    public void TheTemporalBlocksHaveTheLengthsOfTheRelease()
    {
        FrameCounts frames = new(128, [true, true, true, true, true, false], padding: 8);
        Assert.That(frames.InputOf(0), Is.EqualTo(20));
        Assert.That(Enumerable.Range(0, 6).Select(frames.OutputOf), Is.EqualTo(new[] { 24, 32, 48, 80, 144, 128 }));
    }

    [Test]
    public void EveryPresetMakesVideosOfItsSize([Values("small", "tiny")] string name)
    {
        LowResolutionPreset preset = LowResolutionPreset.Named(name);
        using TensorScope scope = TestDevices.Usual.Scope();
        using Initializer initializer = new(TestDevices.Usual, seed: 1);
        using LowResolutionGenerator generator = new(preset.Generator, initializer);
        using IDisposable mode = GradientMode.Disable();
        Variable noise = new(TestTensors.Normal(generator.NoiseShape(1, 4), seed: 2, TestDevices.Usual));
        Variable video = generator.Forward(noise, frameCount: 4);
        Shape expected = [1, 4, 36, 64, 3];
        Assert.That(video.Shape, Is.EqualTo(expected));
        Assert.That(video.Value.ToArray<float>(), Is.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void RefusesNoiseOfAnotherLength()
    {
        using Initializer initializer = new(TestDevices.Usual, seed: 1);
        using LowResolutionGenerator generator = new(SmallestPreset.Preset.Generator, initializer);
        using Tensor noise = Tensor.Zeros([1, 10, 2], ElementType.Float32, TestDevices.Usual);
        Assert.That(
            () => generator.Forward(new Variable(noise), frameCount: 8),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[1, 10, 2]"));
    }

    [Test]
    public void RefusesBlocksThatDoNotFollow()
    {
        using Initializer initializer = new(TestDevices.Usual, seed: 1);
        LowResolutionGeneratorOptions options =
            SmallestPreset.Preset.Generator with { SpatialChannels = [(8, 4), (4, 4), (4, 2), (2, 2)] };
        Assert.That(
            () => new LowResolutionGenerator(options, initializer),
            Throws.InstanceOf<ArgumentException>().With.Message.Contains("block 6 takes 8 channels, 4 come"));
    }
}
