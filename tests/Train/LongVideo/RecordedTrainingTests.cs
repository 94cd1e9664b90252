using GenKernels.Autograd;
using GenKernels.Models.LongVideo;
using GenKernels.Tests.Models.LongVideo;
using GenKernels.Tests.Runtime.Diagnostics;
using GenKernels.Train.LongVideo;

namespace GenKernels.Tests.Train.LongVideo;

/// <summary>Replayed updates give the same bits as those that run launch by launch.</summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class RecordedTrainingTests(Device device)
{
    private const int Frames = 8;

    // The fibers of simt are slow.
    private int Steps => device.Kind == DeviceKind.Simt ? 1 : 3;

    // A first part, two equal ones, and a last one.
    private int PartCount => device.Kind == DeviceKind.Simt ? 1 : 4;

    private int Clips => device.Kind == DeviceKind.Simt ? 1 : 2;

    private bool IsOneLaunch =>
        device.Kind == DeviceKind.Cuda && Environment.GetEnvironmentVariable("GENKERNELS_SYNCHRONOUS") != "1";

    [TearDown]
    public void ComputeAsUsual() => device.Precision = Precision.Fp32;

    [TestCase(false, "fp32")]
    [TestCase(true, "fp32")]
    [TestCase(true, "fp16")]
    public void RecordedAndEagerTrainingEndInTheSameBits(bool isAugmented, string precision)
    {
        LowResolutionTrainingOptions options = SmallestRun.Options with { Precision = Precision.Find(precision)! };
        using LowResolutionGan recorded = new(SmallestPreset.Preset, options, device);
        using LowResolutionGan eager = new(SmallestPreset.Preset, options, device) { IsRecorded = false };
        for (int step = 0; step < Steps; step++)
        {
            Dictionary<string, double> expected = Train(eager, step, isAugmented);
            Assert.That(Train(recorded, step, isAugmented), Is.EqualTo(expected), $"step {step}");
        }

        foreach ((Module left, Module right) in new (Module, Module)[]
        {
            (recorded.Generator, eager.Generator), (recorded.Discriminator, eager.Discriminator),
            (recorded.AverageGenerator, eager.AverageGenerator),
        })
        {
            Assert.That(Bits(left), Is.EqualTo(Bits(right)));
        }

        int kinds = Math.Min(PartCount, 3);
        Assert.That(
            recorded.Recorded.CountBy(recording => recording.Name).Select(pair => (pair.Key, pair.Value)),
            Is.EqualTo(new[] { ("generator", kinds), ("discriminator", kinds), ("penalty", kinds), ("average", 1) }),
            "one of each kind of part of each update, whichever the step");
        Assert.That(eager.Recorded, Is.Empty);
        foreach ((string name, RecordedStep recording) in recorded.Recorded)
        {
            TestContext.Out.WriteLine(name + ": " + MemoryPlanDrawing.ToText(recording.Plan));
            Assert.That(recording.Plan.ArenaBytes, Is.LessThanOrEqualTo(1.1 * recording.Plan.LowerBound));
        }
    }

    /// <summary>
    /// Besides a replay there are only copies. On a GPU a replay is one launch of a graph, which observers do not see
    /// as work.
    /// </summary>
    [Test]
    public void AnUpdateByAWholeBatchIsOneReplayAfterTheCopiesOfItsInputs()
    {
        using TensorScope scope = device.Scope();
        using LowResolutionGan gan = new(SmallestPreset.Preset, SmallestRun.Options, device);
        GeneratorInput fake = new(
            TestTensors.Normal(gan.Generator.NoiseShape(1, Frames), seed: 1, device), Frames, null, null);
        RealInput real = new(TestTensors.Normal([1, Frames, 8, 16, 3], seed: 2, device), null);
        (int Inputs, Action Update)[] updates =
        [
            (1, () => gan.UpdateGenerator(1, _ => fake)), (2, () => gan.UpdateDiscriminator(1, _ => (fake, real))),
            (1, () => gan.UpdatePenalty(1, _ => real)),
        ];
        for (int index = 0; index < updates.Length; index++)
        {
            (int inputs, Action update) = updates[index];
            string[] first = WorkOf(update);
            RecordedStep step = gan.Recorded.ElementAt(index).Step;
            long launches = device.LaunchCount;
            string[] seen = WorkOf(update), replayed = WorkOf(step.Replay);
            string[] copies = [.. Enumerable.Repeat("(copy)", inputs)];
            Assert.That(seen, Is.EqualTo((string[])["(copy from host)", .. copies, .. replayed, "(copy to host)"]));
            int end = Array.LastIndexOf(first, "Adam") + 1, start = end - replayed.Length;
            if (!IsOneLaunch)
            {
                Assert.That(replayed, Is.Not.Empty.And.EqualTo(first[start..end]), "what ran at first");
                Assert.That(first[..start], Is.All.StartsWith("(copy"), "before it, only the inputs are copied");
            }

            Assert.That(device.LaunchCount - launches, Is.EqualTo(2 * step.LaunchCount));
        }
    }

    [TestCase("fp32")]
    [TestCase("fp16")]
    public void ReplayedUpdatesAllocateNoManagedMemory(string precision)
    {
        LowResolutionTrainingOptions options = SmallestRun.Options with { Precision = Precision.Find(precision)! };
        using LowResolutionGan gan = new(SmallestPreset.Preset, options, device);
        Train(gan, step: 0, isAugmented: true);
        foreach ((string name, RecordedStep step) in gan.Recorded)
        {
            step.Replay();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int replay = 0; replay < Steps; replay++) step.Replay();
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero, name);
        }
    }

    [Test]
    public void NothingIsRecordedWhileAnomaliesAreLookedFor()
    {
        using LowResolutionGan gan = new(SmallestPreset.Preset, SmallestRun.Options, device);
        using IDisposable mode = AnomalyMode.Enable();
        using Tensor video = TestTensors.Normal([1, Frames, 8, 16, 3], seed: 1, device);
        gan.UpdatePenalty(1, _ => new RealInput(video, null));
        Assert.That(gan.Recorded, Is.Empty);
    }

    private string[] WorkOf(Action action)
    {
        using WorkLog log = new(device);
        action();
        return [.. log.Work.Select(entry => entry.Work.Name)];
    }

    /// <summary>Runs all updates of a step, in parts.</summary>
    /// <returns>Their statistics.</returns>
    private Dictionary<string, double> Train(LowResolutionGan gan, int step, bool isAugmented)
    {
        Dictionary<string, double> said = [];
        StepDraws draws = new(gan.Device, seed: 3, step);
        int seed = 10 * step;
        foreach (StepStatistics statistics in new[]
        {
            gan.UpdateGenerator(PartCount, _ => Fake()),
            gan.UpdateDiscriminator(PartCount, _ => (Fake(), Real())), gan.UpdatePenalty(PartCount, _ => Real()),
        })
        {
            foreach ((string name, double value) in statistics.Values) said[name] = value;
        }

        gan.UpdateAverage(step);
        return said;

        GeneratorInput Fake()
        {
            LowResolutionGenerator generator = gan.Generator;
            Tensor? places = isAugmented ? generator.Places(draws.Starts(Clips, generator.TemporalScale)) : null;
            Tensor noise =
                TestTensors.Normal(generator.NoiseShape(Clips, Frames, isAugmented), seed++, gan.Device);
            return new GeneratorInput(noise, Frames, places, Augmentation());
        }

        RealInput Real() =>
            new(TestTensors.Normal([Clips, Frames, 8, 16, 3], seed++, gan.Device), Augmentation());

        ClipAugmentation? Augmentation() =>
            isAugmented ? draws.Augmentation(Clips, SmallestRun.Options, Frames, 8, 16) : null;
    }

    private static int[] Bits(Module module) =>
        [.. StateDict.Write(module).SelectMany(entry => entry.Values<float>()).Select(BitConverter.SingleToInt32Bits)];
}
