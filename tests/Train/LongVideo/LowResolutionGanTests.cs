using GenKernels.Tests.Models.LongVideo;

namespace GenKernels.Tests.Train.LongVideo;

public sealed class LowResolutionGanTests
{
    [Test]
    public void StepsOfTrainingMatchTheRecordedOnes() =>
        RecordedCases.Hold("longvideo/lres_train_steps.safetensors", TestDevices.Host);
}
