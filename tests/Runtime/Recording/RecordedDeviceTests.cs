using GenKernels.Kernels.Elementwise;

namespace GenKernels.Tests.Runtime.Recording;

/// <summary>Recorded steps and the lifetime of their device.</summary>
public sealed class RecordedDeviceTests
{
    [Test]
    public void ADeviceThatIsGoneReplaysNothingAndDisposalIsSafe()
    {
        HostDevice device = new(coreCount: 1);
        Tensor x = Tensor.Zeros([4], ElementType.Float32, device);
        RecordedStep step = RecordedStep.Record(device, () => x.CopyFrom(Unary.Forward(UnaryKind.Cosine, x)));
        step.Replay();
        device.Dispose();
        Assert.That(step.Replay, Throws.TypeOf<ObjectDisposedException>());
        step.Dispose();
        step.Dispose();
        x.Dispose();
    }

    [Test]
    public void AnArenaThatDoesNotFitIsToldAndTriedAnew()
    {
        using HostDevice device = new(coreCount: 1);
        using Tensor x = Tensor.Zeros([1000], ElementType.Float32, device);
        using RecordedStep step = RecordedStep.Record(
            device, () => x.CopyFrom(Unary.Forward(UnaryKind.Cosine, x)));
        device.Memory.Limit = 6000;
        Assert.That(
            step.Replay,
            Throws.TypeOf<OutOfDeviceMemoryException>()
                .With.Message.StartsWith("host is out of memory: 0.0 MB requested"));
        device.Memory.Limit = 60000;
        step.Replay();
        Assert.That(x.ToArray<float>(), Is.All.EqualTo(1));
    }

    [Test]
    public void ReplaysRunUnderEveryOrderOfThreads()
    {
        using SimtDevice device = new(sanitizer: Sanitizer.Order);
        using Tensor x = TestTensors.Normal([500], seed: 1, device);
        using Tensor y = Tensor.Zeros([500], ElementType.Float32, device);
        using RecordedStep step = RecordedStep.Record(device, () => y.CopyFrom(Unary.Forward(UnaryKind.Square, x)));
        step.Replay();
        Assert.That(y.ToArray<float>(), Is.EqualTo(x.ToArray<float>().Select(value => value * value)));
    }

    [Test]
    public void ASecondThreadIsRefusedInTheMiddleOfAReplay()
    {
        using HostDevice device = new(coreCount: 1);
        using StepArena arena = new(device);
        using RecordedStep step = RecordedStep.Record(device, () => { }, arena);
        arena.Enter(0);
        Assert.That(
            step.Replay, Throws.TypeOf<RecordingException>().With.Message.EqualTo(
                "host: another thread is replaying a step of the same arena; its steps run one at a time"));
        arena.Leave();
        step.Replay();
    }
}
