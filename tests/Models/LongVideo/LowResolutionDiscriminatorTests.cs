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

    [Test]
    public void RefusesClipsThatCannotBeHalved()
    {
        using Initializer initializer = new(TestDevices.Usual, seed: 1);
        LowResolutionDiscriminatorOptions options = SmallestPreset.Preset.Discriminator with { FrameCount = 10 };
        Assert.That(
            () => new LowResolutionDiscriminator(options, initializer),
            Throws.InstanceOf<ArgumentException>()
                .With.Message.Contains("clips of 10 frames of 16 x 8 cannot be halved"));
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
