using GenKernels.Autograd;
using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;

namespace GenKernels.Tests.Models.LongVideo;

public sealed class LowResolutionDiscriminatorTests
{
    [Test]
    public void LogitsGradientsAndPenaltyMatchTheRecordedCase() =>
        RecordedCases.Hold("longvideo/lres_D_36x64.safetensors", TestDevices.Usual);

    [Test]
    public void ShortSmallClipsMatchTheRecordedCase() =>
        RecordedCases.Hold("longvideo/lres_D_18x32.safetensors", TestDevices.Usual);

    [Test]
    public void ThePaperSizeMatchesTheRecordedCase() =>
        RecordedCases.Hold("full/longvideo_lres_D.safetensors", TestDevices.Usual);

    [Test]
    public void ThePaperSizeHasTheStateDictOfTheRelease() => ReleaseState.Hold(
        "facts/longvideo_lres_D.json",
        initializer => new LowResolutionDiscriminator(LowResolutionPreset.Paper.Discriminator, initializer));

    /// <summary>As in the release: 20 frames become 10, 5 and 2, an edge of 22 becomes 11, 5 and 2.</summary>
    [Test]
    public void HalvesOfOddNumbersAreRoundedDown()
    {
        using Initializer initializer = new(TestDevices.Usual, seed: 1);
        LowResolutionDiscriminatorOptions options = SmallestPreset.Preset.Discriminator with
        {
            FrameCount = 20, Height = 12, Width = 22,
        };
        using LowResolutionDiscriminator discriminator = new(options, initializer);
        using TensorScope scope = TestDevices.Usual.Scope();
        Tensor video = TestTensors.Normal([2, 20, 12, 22, 3], seed: 2, TestDevices.Usual);
        Dictionary<string, Shape> stages = [];
        Variable logits = discriminator.Forward(
            new Variable(video), (name, value) => stages.Add(name, value.Shape));
        Shape last = [2, 2, 2, 2, options.BlockChannels[^1].Out];
        Shape one = [2, 1];
        Assert.That(stages["blocks.3"], Is.EqualTo(last));
        Assert.That(logits.Shape, Is.EqualTo(one));
        Assert.That(logits.Value.ToDoubles(), Is.All.Not.NaN);
    }

    [Test]
    public void RefusesClipsOfWhichNothingIsLeft()
    {
        using Initializer initializer = new(TestDevices.Usual, seed: 1);
        LowResolutionDiscriminatorOptions options = SmallestPreset.Preset.Discriminator with { Height = 4, Width = 6 };
        Assert.That(
            () => new LowResolutionDiscriminator(options, initializer),
            Throws.InstanceOf<ArgumentException>().With.Message.Contains("there is nothing left of clips of"));
    }

    [Test]
    public void RefusesClipsThatCannotBePaddedToSquares()
    {
        using Initializer initializer = new(TestDevices.Usual, seed: 1);
        LowResolutionDiscriminatorOptions options = SmallestPreset.Preset.Discriminator with { Height = 9 };
        Assert.That(
            () => new LowResolutionDiscriminator(options, initializer),
            Throws.InstanceOf<ArgumentException>().With.Message.Contains("cannot be padded evenly to squares"));
    }

    [Test]
    public void RefusesClipsOfAnotherSize()
    {
        using Initializer initializer = new(TestDevices.Usual, seed: 1);
        using LowResolutionDiscriminator discriminator = new(SmallestPreset.Preset.Discriminator, initializer);
        using Tensor video = Tensor.Zeros([2, 4, 8, 16, 3], ElementType.Float32, TestDevices.Usual);
        Assert.That(
            () => discriminator.Forward(new Variable(video)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 4, 8, 16, 3]"));
    }
}
