using GenKernels.Models.LongVideo;

namespace GenKernels.Tests.Models.LongVideo;

public sealed class LowResolutionGeneratorTests
{
    [Test]
    public void EveryStageAndGradientMatchesTheRecordedCase() =>
        RecordedCases.Hold("longvideo/lres_G_36x64.safetensors", TestDevices.Host);

    [Test]
    public void RunningMagnitudesMatchTheRecordedCase() =>
        RecordedCases.Hold("longvideo/lres_G_18x32_ema.safetensors", TestDevices.Host);

    [Test]
    public void ThePaperSizeMatchesTheRecordedCase() =>
        RecordedCases.Hold("full/longvideo_lres_G.safetensors", TestDevices.Host);

    [Test]
    public void ThePaperSizeHasTheStateDictOfTheRelease() => ReleaseState.Hold(
        "facts/longvideo_lres_G.json",
        initializer => new LowResolutionGenerator(LowResolutionPreset.Paper.Generator, initializer));
}
