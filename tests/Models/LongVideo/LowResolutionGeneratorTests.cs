namespace GenKernels.Tests.Models.LongVideo;

public sealed class LowResolutionGeneratorTests
{
    [Test]
    public void EveryStageAndGradientMatchesTheRecordedCase() =>
        RecordedCases.Hold("longvideo/lres_G_36x64.safetensors", TestDevices.Host);

    [Test]
    public void RunningMagnitudesMatchTheRecordedCase() =>
        RecordedCases.Hold("longvideo/lres_G_18x32_ema.safetensors", TestDevices.Host);
}
