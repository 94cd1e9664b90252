using GenKernels.Kernels.Elementwise;

namespace GenKernels.Tests.Runtime.Diagnostics;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class ProfilerTests(Device device)
{
    private static readonly DeviceCeiling s_ceiling =
        new(1e9, new Dictionary<ElementType, double> { [ElementType.Float32] = 1e9 });

    [Test]
    public void AStepIsToldLaunchByLaunch()
    {
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([3, 5], ElementType.Float32, device);
        using Profiler profiler = new(device);
        ProfiledStep step = profiler.Measure(() =>
        {
            using DeviceRange outer = device.Range("outer");
            Tensor y = Unary.Forward(UnaryKind.Square, x);
            using (device.Range("inner")) Binary.Forward(BinaryKind.Add, x, y).ToArray<float>();
        });
        Assert.That(
            step.Work.Select(work => work.Name), Is.EqualTo(new[] { "Unary", "Binary", "(copy to host)" }));
        Assert.That(step.Work[0].Variant, Is.EqualTo("Float32 Operation=Square"));
        Assert.That(step.Work[1].Shapes, Is.EqualTo("[3, 5] [3, 5] [3, 5]"));
        Assert.That(step.Work[1].Cost.Bytes, Is.EqualTo(3 * 15 * sizeof(float)));
        double seconds = step.Work.Sum(work => work.Duration.TotalSeconds);
        Assert.That(seconds, Is.Positive.And.LessThanOrEqualTo(step.Duration.TotalSeconds));
        Assert.That(step.Work.Select(work => work.Start), Is.Ordered);
        Assert.That(
            step.Ranges.Select(range => (range.Name, range.Depth)), Is.EqualTo(new[] { ("outer", 0), ("inner", 1) }));
        Assert.That(device.Observer, Is.Null, "afterwards nobody watches");
    }

    [Test]
    public void NothingOfAStepIsLeftInTheNext()
    {
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([7], ElementType.Float32, device);
        using Profiler profiler = new(device);
        for (int step = 0; step < 3; step++)
        {
            Assert.That(profiler.Measure(() => Unary.Forward(UnaryKind.Exponential, x)).Work, Has.Count.EqualTo(1));
        }
    }

    [Test]
    public void AStepThatFailsLeavesTheDeviceUnwatched()
    {
        using Profiler profiler = new(device);
        Assert.That(() => profiler.Measure(() => throw new ShapeException("planted")), Throws.TypeOf<ShapeException>());
        Assert.That(device.Observer, Is.Null);
        Assert.That(profiler.Measure(() => { }).Work, Is.Empty);
    }

    [Test]
    public void ADeviceIsWatchedByOneAtATime()
    {
        using Profiler profiler = new(device);
        using Profiler other = new(device);
        Assert.That(
            () => profiler.Measure(() => other.Measure(() => { })),
            Throws.InvalidOperationException.With.Message.Contains("being watched already"));
    }

    [Test]
    public void RowsAddUpToTheStepHoweverTheyAreGrouped([Values] ProfileGrouping grouping)
    {
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([33], ElementType.Float32, device);
        using Profiler profiler = new(device);
        ProfiledStep[] steps = [profiler.Measure(Step), profiler.Measure(Step)];
        StepProfile profile = StepProfile.Of(steps, grouping, s_ceiling);
        int expected = grouping == ProfileGrouping.Kernel ? 1 : grouping == ProfileGrouping.Variant ? 2 : 3;
        Assert.That(profile.Rows, Has.Count.EqualTo(expected + 1), "and what is outside of kernels");
        Assert.That(profile.Rows.Sum(row => row.Seconds), Is.EqualTo(profile.StepSeconds).Within(1e-9));
        Assert.That(profile.Rows.Sum(row => row.ShareOfStep), Is.EqualTo(1).Within(1e-6));
        Assert.That(profile.Rows.Sum(row => row.Calls), Is.EqualTo(3));

        void Step()
        {
            Unary.Forward(UnaryKind.Square, x);
            Unary.Forward(UnaryKind.Sine, x);
            using Tensor part = x.Narrow(0, 5);
            Unary.Forward(UnaryKind.Sine, part);
        }
    }

    [Test]
    public void RatesAndSharesFollowFromCostAndTime()
    {
        ProfiledWork work = new(
            "Kernel", "Float32", "[1]", new LaunchCost(2_000_000, 500_000), ElementType.Float32, TimeSpan.Zero,
            TimeSpan.FromMilliseconds(4), null);
        ProfiledStep step =
            new(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(11), [work, work], []);
        StepProfile profile = StepProfile.Of([step], ProfileGrouping.Kernel, s_ceiling);
        ProfileRow row = profile.Rows[0];
        Assert.That(row.Seconds, Is.EqualTo(0.008).Within(1e-12));
        Assert.That(row.MeanCallSeconds, Is.EqualTo(0.004).Within(1e-12));
        Assert.That(row.GigabytesPerSecond, Is.EqualTo(0.5).Within(1e-12));
        Assert.That(row.GigaflopsPerSecond, Is.EqualTo(0.125).Within(1e-12));
        Assert.That(row.ShareOfCeiling, Is.EqualTo(0.5).Within(1e-12), "2 MB at 1 GB/s take 2 of 4 ms");
        Assert.That(profile.Rows[1].Name, Is.EqualTo(StepProfile.Outside));
        Assert.That(profile.Rows[1].ShareOfStep, Is.EqualTo(0.2).Within(1e-12));
        Assert.That(() => StepProfile.Of([], ProfileGrouping.Kernel, s_ceiling), Throws.ArgumentException);
    }
}
