using GenKernels.Models.LongVideo;
using GenKernels.Tests.Models.LongVideo;
using GenKernels.Train.Data;
using GenKernels.Train.LongVideo;

namespace GenKernels.Tests.Train.LongVideo;

public sealed class LowResolutionRunTests
{
    [TearDown]
    public void ComputeAsUsual() => TestDevices.Usual.Precision = Precision.Fp32;

    [TestCase("fp32")]
    [TestCase("fp16")]
    public void AResumedRunEndsInTheSameBits(string precision)
    {
        using TemporaryFolder data = new(), whole = new(), parts = new();
        using VideoDataset dataset = SmallestRun.Dataset(data.Path);
        LowResolutionTrainingOptions options = SmallestRun.Options with { Precision = Precision.Find(precision)! };
        string expected = SmallestRun.Train(whole.Path, dataset, steps: 6, options);
        SmallestRun.Train(parts.Path, dataset, steps: 3, options);
        TestDevices.Usual.Precision = Precision.Fp32;
        string resumed = SmallestRun.Train(parts.Path, dataset, steps: 6);
        Assert.That(LowResolutionCheckpoint.Read(resumed).Options.Precision.Name, Is.EqualTo(precision));
        SmallestRun.AssertSame(resumed, expected);
        string logged = File.ReadLines(parts.File("log.jsonl")).Last();
        foreach (string name in (string[])["generator/skipped_steps", "discriminator/loss_scale"])
        {
            Assert.That(logged, precision == "fp16" ? Does.Contain($"\"{name}\":") : Does.Not.Contain(name));
        }
    }

    [Test]
    public void ARunThatBrokeOffGoesOnFromItsCheckpointToTheSameBits()
    {
        using TemporaryFolder data = new(), whole = new(), broken = new();
        using VideoDataset dataset = SmallestRun.Dataset(data.Path);
        string expected = SmallestRun.Train(whole.Path, dataset, steps: 6);
        using (LowResolutionRun run = SmallestRun.Open(
            broken.Path, dataset, new LowResolutionRunOptions { Steps = 6, CheckpointInterval = 3, LogInterval = 1 }))
        {
            Assert.That(
                () => run.Run(new Breakdown(step: 5)),
                Throws.InvalidOperationException.With.Message.EqualTo("broke in step 5"));
        }

        Assert.That(LowResolutionCheckpoint.Newest(broken.Path), Does.EndWith("checkpoint-00000003"));
        SmallestRun.AssertSame(SmallestRun.Train(broken.Path, dataset, steps: 6), expected);
        Assert.That(
            File.ReadLines(broken.File("log.jsonl")).Count(line =>
                line.Contains("\"step\":4,", StringComparison.Ordinal)
                || line.Contains("\"step\":5,", StringComparison.Ordinal)),
            Is.Zero, "the steps after the checkpoint are taken again, with the log interval of the second run");
    }

    [Test]
    public void AResumedRunThatIsStoppedBeforeAStepWritesNothing()
    {
        using TemporaryFolder data = new(), folder = new();
        using VideoDataset dataset = SmallestRun.Dataset(data.Path);
        SmallestRun.Train(folder.Path, dataset, steps: 1);
        string log = File.ReadAllText(folder.File("log.jsonl"));
        DateTime sampled = File.GetLastWriteTimeUtc(folder.File("samples/step-00000001.png"));
        using (LowResolutionRun run = SmallestRun.Open(folder.Path, dataset, new LowResolutionRunOptions()))
        {
            run.Run(cancellation: new CancellationToken(canceled: true));
        }

        Assert.That(File.ReadAllText(folder.File("log.jsonl")), Is.EqualTo(log), "no step is logged twice");
        Assert.That(File.GetLastWriteTimeUtc(folder.File("samples/step-00000001.png")), Is.EqualTo(sampled));
    }

    [Test]
    public void AnotherSeedGivesOtherNetworks()
    {
        using TemporaryFolder data = new(), first = new(), second = new();
        using VideoDataset dataset = SmallestRun.Dataset(data.Path);
        string name = LowResolutionCheckpoint.AverageGeneratorFile;
        byte[] one = File.ReadAllBytes(Path.Combine(SmallestRun.Train(first.Path, dataset, steps: 1), name));
        LowResolutionTrainingOptions options = SmallestRun.Options with { Seed = 4 };
        string checkpoint = SmallestRun.Train(second.Path, dataset, steps: 1, options);
        byte[] other = File.ReadAllBytes(Path.Combine(checkpoint, name));
        Assert.That(one.AsSpan().SequenceEqual(other), Is.False);
    }

    [Test]
    public void RefusesARunOfAnotherPreset()
    {
        using TemporaryFolder data = new(), folder = new();
        using VideoDataset dataset = SmallestRun.Dataset(data.Path);
        SmallestRun.Train(folder.Path, dataset, steps: 1);
        LowResolutionPreset other = SmallestPreset.Preset with { Name = "other" };
        Assert.That(
            () => SmallestRun.Open(folder.Path, dataset, new LowResolutionRunOptions(), preset: other),
            Throws.InstanceOf<ArgumentException>()
                .With.Message.Contains("contains a run of preset smallest, which cannot be resumed as other"));
    }

    [Test]
    public void ADamagedCheckpointIsRefusedAndLeavesNoBuffer()
    {
        using TemporaryFolder data = new(), folder = new();
        using VideoDataset dataset = SmallestRun.Dataset(data.Path);
        string file = Path.Combine(SmallestRun.Train(folder.Path, dataset, steps: 1), "discriminator.safetensors");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^8]);
        using HostDevice device = new();
        Assert.That(
            () => SmallestRun.Open(folder.Path, dataset, new LowResolutionRunOptions(), device: device),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"{file}: "));
        Assert.That(device.Memory.Statistics().LiveBuffers, Is.Zero);
        Assert.That(device.Memory.Label, Is.Empty);
    }

    [Test]
    public void RefusesABatchThatCannotBeDivided()
    {
        using TemporaryFolder data = new(), folder = new();
        using VideoDataset dataset = SmallestRun.Dataset(data.Path);
        LowResolutionTrainingOptions options = SmallestRun.Options with { BatchSize = 4, Accumulate = 3 };
        Assert.That(
            () => SmallestRun.Open(folder.Path, dataset, new LowResolutionRunOptions(), options),
            Throws.InstanceOf<ArgumentException>()
                .With.Message.Contains("a batch of 4 clips cannot be split into 3 equal parts"));
    }

    [Test]
    public void RefusesVideosOfAnotherSize()
    {
        using TemporaryFolder data = new(), folder = new();
        using VideoDataset dataset = SmallestRun.Dataset(data.Path);
        Assert.That(
            () => SmallestRun.Open(
                folder.Path, dataset, new LowResolutionRunOptions(), preset: LowResolutionPreset.Tiny),
            Throws.TypeOf<DatasetException>().With.Message.Contains("videos of 16 x 8, preset tiny needs 64 x 36"));
    }

    private sealed class Breakdown(long step) : IProgress<LowResolutionProgress>
    {
        public void Report(LowResolutionProgress value)
        {
            if (value.Step == step) throw new InvalidOperationException($"broke in step {step}");
        }
    }
}
