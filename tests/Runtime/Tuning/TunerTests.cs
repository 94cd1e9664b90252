using GenKernels.Kernels.Elementwise;
using GenKernels.Tests.Runtime.Diagnostics;

namespace GenKernels.Tests.Runtime.Tuning;

/// <summary>Which algorithm is chosen, when it is measured, and what a measurement leaves behind.</summary>
public sealed class TunerTests
{
    private readonly List<string> _notices = [];
    private TemporaryFolder _cache = null!;
    private Device _device = null!;

    private static PlantedWork Work => new(("slow", 2), ("fast", 0.5), ("slower", 4));

    [SetUp]
    public void Open()
    {
        _notices.Clear();
        _cache = new TemporaryFolder();
        _device = Open(TuningPolicy.Measure);
    }

    [TearDown]
    public void Close()
    {
        _device.Dispose();
        _cache.Dispose();
    }

    [Test]
    public void TheCpuGoesByTheRuleUnlessItIsAskedToMeasure()
    {
        using HostDevice host = new(new KernelCache(_cache.Path));
        using SimtDevice simt = new(new KernelCache(_cache.Path));
        foreach (Device device in (Device[])[host, simt])
        {
            Assert.That(device.Tuner.Policy, Is.EqualTo(TuningPolicy.Off));
            PlantedWork work = Work;
            Assert.That(Choose(device, work), Is.EqualTo("slow"));
            Assert.That((work.Prepared, device.Tuner.MeasuredCount), Is.EqualTo((0, 0)));
        }

        Assert.That(_cache.FileNames(), Is.Empty);
    }

    [Test]
    public void TheFastestIsTakenAndMeasuredOnce()
    {
        PlantedWork work = Work;
        for (int time = 0; time < 3; time++) Assert.That(Choose(_device, work), Is.EqualTo("fast"));
        Assert.That((work.Prepared, _device.Tuner.MeasuredCount), Is.EqualTo((1, 1)));
        TunedChoice choice = _device.Tuner.UsedChoices.Single();
        Assert.That((choice.Kernel, choice.Shape, choice.Algorithm, choice.Rule), Is.EqualTo(
            ("Planted", "size 1", "fast", "slow")));
        Assert.That(choice.Microseconds, Is.GreaterThanOrEqualTo(500));
        Assert.That(choice.RuleMicroseconds, Is.GreaterThanOrEqualTo(2000).And.GreaterThan(choice.Microseconds));
    }

    [Test]
    public void TheTimeOfEveryAlgorithmIsKeptButNotShipped()
    {
        PlantedWork work = new(("slow", 20), ("broken", double.NaN), ("fast", 0.5), ("near", 0.6));
        Choose(_device, work);
        AlgorithmTime[] algorithms = [.. _device.Tuner.UsedChoices.Single().Algorithms!];
        Assert.That(algorithms.Take(2).Select(algorithm => algorithm.Name), Is.EquivalentTo(new[] { "fast", "near" }));
        Assert.That(algorithms.Skip(2).Select(algorithm => algorithm.Name), Is.EqualTo(new[] { "slow", "broken" }));
        Assert.That(
            algorithms.Take(3).Select(algorithm => algorithm.IsGlance),
            Is.EqualTo(new[] { false, false, true }), "what was far off");
        Assert.That(algorithms[0].Microseconds, Is.LessThanOrEqualTo(algorithms[1].Microseconds!));
        Assert.That(algorithms[2].Microseconds, Is.GreaterThanOrEqualTo(20_000));
        Assert.That(algorithms[3].Microseconds, Is.Null);

        string shipped = _cache.File("shipped.json");
        _device.Tuner.Export(shipped);
        Assert.That(File.ReadAllText(_device.Tuner.TablePath), Does.Contain("\"isGlance\""));
        Assert.That(File.ReadAllText(shipped), Does.Contain("\"algorithm\"").And.Not.Contain("\"algorithms\""));
    }

    [Test]
    public void TheRuleWinsWhereNothingIsWonByAnother()
    {
        Assert.That(Tuner.Best([2, 1.99]), Is.EqualTo(0));
        Assert.That(Tuner.Best([2, 1.99, 1.9]), Is.EqualTo(2));
        Assert.That(Tuner.Best([double.PositiveInfinity, 5]), Is.EqualTo(1), "the rule's failed");
    }

    [Test]
    public void WorkOfOneAlgorithmIsNotMeasured()
    {
        PlantedWork work = new(("only", 1));
        Assert.That(Choose(_device, work), Is.EqualTo("only"));
        Assert.That(work.Prepared, Is.Zero);
    }

    [Test]
    public void AnotherShapeIsMeasured()
    {
        PlantedWork work = Work;
        Choose(_device, work, size: 1);
        Choose(_device, work, size: 2);
        Assert.That(work.Prepared, Is.EqualTo(2));
    }

    [Test]
    public void ASecondDeviceKnowsWhatTheFirstHasMeasured([Values] bool isKnownEnough)
    {
        Choose(_device, Work);
        using Device second = Open(isKnownEnough ? TuningPolicy.Known : TuningPolicy.Measure);
        PlantedWork work = Work;
        Assert.That(Choose(second, work), Is.EqualTo("fast"));
        Assert.That(work.Prepared, Is.Zero);
        TunedChoice known = second.Tuner.UsedChoices.Single(), measured = _device.Tuner.UsedChoices.Single();
        Assert.That(known with { Algorithms = null }, Is.EqualTo(measured with { Algorithms = null }));
        Assert.That(known.Algorithms, Is.EqualTo(measured.Algorithms));
    }

    [Test]
    public void AlgorithmsAfterTheKnownOneAreNotLookedFor()
    {
        Choose(_device, Work);
        using Device second = Open(TuningPolicy.Known);
        PlantedWork work = new(("slow", 2), ("fast", 0.5), ("dear to find", 1));
        Assert.That(Choose(second, work), Is.EqualTo("fast"));
        Assert.That(work.Found, Is.EqualTo(2));
    }

    [Test]
    public void WhatIsNotKnownGoesByTheRuleWhereNothingMayBeMeasured()
    {
        _device.Tuner.Policy = TuningPolicy.Known;
        PlantedWork work = Work;
        Assert.That(Choose(_device, work), Is.EqualTo("slow"));
        Assert.That((work.Prepared, _device.Tuner.UsedChoices.Count), Is.EqualTo((0, 0)));
        _device.Tuner.Policy = TuningPolicy.Measure;
        Assert.That(Choose(_device, work), Is.EqualTo("fast"), "another policy is heard at once");
        _device.Tuner.Policy = TuningPolicy.Off;
        Assert.That(Choose(_device, work), Is.EqualTo("slow"));
    }

    [Test]
    public void AnEditedKernelIsMeasuredAnew()
    {
        Choose(_device, Work);
        PlantedWork edited = new(("slow", 2), ("fast", 0.5)) { Sources = [PlantedWork.Probe("Grid")] };
        Choose(_device, edited);
        Assert.That(edited.Prepared, Is.EqualTo(1));
    }

    [Test]
    public void AnAlgorithmThatIsNoMoreIsMeasuredAnewAndReplaced()
    {
        Choose(_device, Work);
        using Device second = Open(TuningPolicy.Measure);
        PlantedWork without = new(("slow", 2), ("slower", 4));
        Assert.That(Choose(second, without), Is.EqualTo("slow"));
        Assert.That(without.Prepared, Is.EqualTo(1));
        Assert.That(second.Tuner.Choices.Single().Algorithm, Is.EqualTo("slow"));
    }

    [Test]
    public void AnAlgorithmThatFailsIsLeftOutAndToldOnce()
    {
        PlantedWork work = new(("slow", 2), ("broken", double.NaN), ("fast", 0.5));
        Assert.That(Choose(_device, work), Is.EqualTo("fast"));
        Assert.That(_notices, Is.EqualTo(new[]
        {
            "host: Planted is not done by broken for size 1: broken cannot be launched",
        }));
    }

    [Test]
    public void ARuleThatFailsHasNoTimeOfItsOwn()
    {
        Assert.That(Choose(_device, new PlantedWork(("broken", double.NaN), ("fast", 0.5))), Is.EqualTo("fast"));
        using Device second = Open(TuningPolicy.Known);
        Assert.That(second.Tuner.Choices.Single().RuleMicroseconds, Is.Null);
    }

    [Test]
    public void WhereAllFailTheRuleIsTakenAndTellsItself()
    {
        Assert.That(
            Choose(_device, new PlantedWork(("broken", double.NaN), ("also", double.NaN))), Is.EqualTo("broken"));
        Assert.That(_device.Tuner.Choices, Is.Empty);
    }

    [Test]
    public void WithoutRoomForOperandsTheRuleIsTaken()
    {
        _device.Memory.Limit = 1 << 20;
        PlantedWork large = new(("slow", 2), ("fast", 0.5)) { OperandShape = [1 << 20] };
        Assert.That(Choose(_device, large), Is.EqualTo("slow"));
        Assert.That(_notices.Single(), Does.StartWith(
            "host: Planted is not measured for size 1: host is out of memory: 4.2 MB requested"));
        Assert.That(_device.Memory.Statistics(), Has.Property("Live").Zero.And.Property("Cached").Zero);
    }

    [Test]
    public void AMeasurementGivesItsMemoryBackAndIsSeenByNobody()
    {
        using WorkLog log = new(_device);
        Choose(_device, new PlantedWork(("slow", 2), ("fast", 0.5)) { Also = operand => operand.Clear() });
        Assert.That(log.Work, Is.Empty);
        Assert.That(_device.Memory.Statistics(), Has.Property("Live").Zero.And.Property("Cached").Zero);
        Assert.That(_device.Memory.Label, Is.Empty);
    }

    [Test]
    public void InTheMiddleOfARecordingItIsMeasuredAtOnceAndNotRecorded()
    {
        using Tensor x = Tensor.From<float>([1, 2, 3], [3], _device), y = Tensor.Zeros([3], x.Type, _device);
        string algorithm = "";
        PlantedWork work = new(("slow", 2), ("fast", 0.5))
        {
            Also = operand =>
            {
                using Tensor doubled = Binary.Forward(BinaryKind.Add, operand, operand);
                Assert.That(doubled.ToArray<float>(), Is.All.Zero, "it is computed now");
            },
        };
        using RecordedStep step = RecordedStep.Record(_device, () =>
        {
            Tensor sum = Binary.Forward(BinaryKind.Add, x, x);
            algorithm = Choose(_device, work);
            y.CopyFrom(Binary.Forward(BinaryKind.Add, sum, x));
        });
        Assert.That(algorithm, Is.EqualTo("fast"));
        Assert.That(step.LaunchCount, Is.EqualTo(2));
        step.Replay();
        Assert.That(y.ToArray<float>(), Is.EqualTo(new[] { 3f, 6, 9 }));
    }

    [Test]
    public void AnAlgorithmThatDoesNotCompileIsLeftOutOfARecordingToo()
    {
        const string variant = "Exp=)";
        KernelSource broken =
            new("Probes/Function.cu", typeof(TunerTests).Assembly, [ElementType.Float32], variant);
        PlantedWork work = new(("slow", 2), ("broken", double.NaN), ("fast", 0.5))
        {
            Needs = [(broken, ElementType.Float32, variant)],
        };
        string algorithm = "";
        using RecordedStep step = RecordedStep.Record(_device, () => algorithm = Choose(_device, work));
        Assert.That(algorithm, Is.EqualTo("fast"));
    }

    [Test]
    public void WorkWithinWorkThatIsMeasuredGoesByTheRule()
    {
        PlantedWork inner = Work;
        string chosen = "";
        PlantedWork outer = new(("slow", 2), ("fast", 0.5)) { Also = _ => chosen = Choose(_device, inner, size: 7) };
        Choose(_device, outer);
        Assert.That((chosen, inner.Prepared), Is.EqualTo(("slow", 0)));
        Assert.That(Choose(_device, inner, size: 7), Is.EqualTo("fast"), "and is measured when it is met by itself");
    }

    [Test]
    public void ThreadsThatMeetTheSameWorkMeasureItOnce()
    {
        PlantedWork work = Work;
        string[] algorithms = new string[4];
        Parallel.For(0, algorithms.Length, index => algorithms[index] = Choose(_device, work));
        Assert.That(algorithms, Is.All.EqualTo("fast"));
        Assert.That(work.Prepared, Is.EqualTo(1));
    }

    [Test]
    public void WhatIsKnownIsChosenWithoutAnAllocation([Values] TuningPolicy policy)
    {
        _device.Tuner.Policy = policy;
        PlantedWork work = Work;
        Choose(_device, work);
        PlantedKey key = new(1);
        const int Times = 1000;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int time = 0; time < Times; time++) _device.Tuner.Choose(work, key);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(allocated, Is.LessThan(Times), "as the runtime compiles the loop anew, it may allocate once");
    }

    private static string Choose(Device device, PlantedWork work, int size = 1) =>
        device.Tuner.Choose(work, new PlantedKey(size)).Name;

    private HostDevice Open(TuningPolicy policy)
    {
        HostDevice device = new(new KernelCache(_cache.Path)) { Notices = _notices.Add };
        device.Tuner.Policy = policy;
        device.Tuner.ShippedFolder = _cache.File("shipped");
        return device;
    }
}
