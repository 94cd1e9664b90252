using GenKernels.Kernels.Normalization;
using GenKernels.Tests.Runtime.Tuning;

namespace GenKernels.Tests.Runtime.Interop;

// What a GPU does with work of several ways.
public sealed partial class CudaDeviceTests
{
    [Test]
    public void AGpuMeasuresWhatItMeetsByItsEventsAndInAGraph() => InChild(() =>
    {
        Environment.SetEnvironmentVariable("GENKERNELS_TUNE", "");
        using CudaDevice device = Open();
        Environment.SetEnvironmentVariable("GENKERNELS_TUNE", "off");
        Assert.That(device.Tuner.Policy, Is.EqualTo(TuningPolicy.Measure));
        PlantedWork work = new(("rule", 0), ("broken", double.NaN), ("other", 0))
        {
            Also = operand => PixelNorm.Forward(operand, 1).Dispose(), OperandShape = [10, 100],
        };
        List<string> notices = [];
        device.Notices = notices.Add;
        Assert.That(Choose(device, work), Is.EqualTo("rule"), "all events are as far apart");
        Assert.That(
            PretendedCuda.LastLaunch(), Is.EqualTo("replayed 9"),
            "five turns of two graphs of one launch, the first turn before the second graph is made");
        Assert.That(notices, Has.Count.EqualTo(1).And.All.Contains("not done by broken"));
        TunedChoice choice = device.Tuner.Choices.Single();
        Assert.That((choice.Microseconds, choice.RuleMicroseconds), Is.EqualTo((1500, 1500)));
        Assert.That(File.ReadAllText(device.Tuner.TablePath), Does.Contain(
            "\"Pretended, 150 GB, compute capability 9.0, 132 multiprocessors, NVRTC 13.0\""));
        Assert.That(Choose(device, work), Is.EqualTo("rule"));
        Assert.That(work.Prepared, Is.EqualTo(1));
    });

    [Test]
    public void NothingIsMeasuredWithinACapture() => InChild(() =>
    {
        using CudaDevice device = Open();
        device.Tuner.Policy = TuningPolicy.Measure;
        PlantedWork work = new(("rule", 0), ("other", 0));
        device.BeginCapture();
        Assert.That(Choose(device, work), Is.EqualTo("rule"));
        device.EndCapture().Dispose();
        Assert.That(work.Prepared, Is.Zero);
        Choose(device, work);
        Assert.That(work.Prepared, Is.EqualTo(1), "it is not remembered");
    });

    private static string Choose(Device device, PlantedWork work) => device.Tuner.Choose(work, new PlantedKey(1)).Name;
}
