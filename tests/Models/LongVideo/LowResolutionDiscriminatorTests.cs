using GenKernels.Models.LongVideo;

namespace GenKernels.Tests.Models.LongVideo;

public sealed class LowResolutionDiscriminatorTests
{
    [Test]
    public void LogitsGradientsAndPenaltyMatchTheRecordedCase() =>
        RecordedCases.Hold("longvideo/lres_D_36x64.safetensors", TestDevices.Host);

    [Test]
    public void ShortSmallClipsMatchTheRecordedCase() =>
        RecordedCases.Hold("longvideo/lres_D_18x32.safetensors", TestDevices.Host);

    [Test]
    public void ThePaperSizeMatchesTheRecordedCase() =>
        RecordedCases.Hold("full/longvideo_lres_D.safetensors", TestDevices.Host);

    [Test]
    public void ThePaperSizeHasTheStateDictOfTheRelease() => ReleaseState.Hold(
        "facts/longvideo_lres_D.json",
        initializer => new LowResolutionDiscriminator(LowResolutionPreset.Paper.Discriminator, initializer));
}
