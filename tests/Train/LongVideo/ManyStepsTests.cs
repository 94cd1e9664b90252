using GenKernels.Models.LongVideo;
using GenKernels.Tests.Models.LongVideo;
using GenKernels.Train.Data;
using GenKernels.Train.LongVideo;

namespace GenKernels.Tests.Train.LongVideo;

/// <summary>A long training needs no more memory than a short one.</summary>
public sealed class ManyStepsTests
{
    private const long Kilobyte = 1000, Megabyte = 1000 * 1000;

    [Test]
    public void FiveHundredStepsOfTheSmallestNetworksNeitherGrowNorLeak()
    {
        using TemporaryFolder data = new();
        using VideoDataset dataset = SmallestRun.Dataset(data.Path);
        LowResolutionTrainingOptions options = SmallestRun.Options with { BatchSize = 1, R1Interval = 4 };
        AssertFlat(dataset, SmallestPreset.Preset, options, steps: 500);
    }

    [Test]
    [Explicit("takes eight minutes on two cores")]
    public void AThousandStepsOfTinyNeitherGrowNorLeak()
    {
        using TemporaryFolder data = new();
        RampDataset.Write(data.Path);
        using VideoDataset dataset = VideoDataset.Open(data.Path, 36, 64);
        LowResolutionTrainingOptions options = new() { BatchSize = LowResolutionPreset.Tiny.BatchSize };
        AssertFlat(dataset, LowResolutionPreset.Tiny, options, steps: 1000);
    }

    private static void AssertFlat(
        VideoDataset dataset, LowResolutionPreset preset, LowResolutionTrainingOptions options, int steps)
    {
        using TemporaryFolder folder = new();
        using HostDevice device = new();
        MemoryWatch watch = new(device, steps / 10);
        LowResolutionRunOptions runOptions =
            new() { Steps = steps, CheckpointInterval = int.MaxValue, SampleInterval = int.MaxValue };
        TestContext.Progress.WriteLine(MemorySample.Heading);
        using (LowResolutionRun run = SmallestRun.Open(folder.Path, dataset, runOptions, options, device, preset))
        {
            run.Run(watch);
        }

        Assert.That(watch.Samples, Has.Count.EqualTo(10));
        AssertFlat(watch.Samples);
        MemoryStatistics after = device.Memory.Statistics();
        Assert.That((after.Leaked, after.LiveBuffers), Is.EqualTo((0L, 0)));
    }

    /// <summary>The first fifth covers one-time allocations: kernels, pools, JIT-compiled methods, decoded
    /// frames.</summary>
    private static void AssertFlat(IReadOnlyList<MemorySample> samples)
    {
        MemorySample[] steady = [.. samples.Skip(2)];
        MemorySample first = steady[0];

        // A replay allocates nothing: the remaining allocations are so small that the log's own buffers show.
        long allowed = Math.Max(first.AllocatedPerStep * 3 / 100, 2 * Kilobyte);
        Assert.Multiple(() =>
        {
            Assert.That(samples.Select(sample => sample.Live), Is.All.EqualTo(first.Live).And.All.Positive, "live");
            Assert.That(
                steady.Select(sample => sample.Peak), Is.All.EqualTo(first.Peak).Within(5).Percent, "peak of tensors");
            Assert.That(
                steady.Select(sample => sample.Pool), Is.All.EqualTo(first.Pool).Within(5).Percent, "the device's");
            Assert.That(
                steady.Select(sample => sample.AllocatedPerStep),
                Is.All.EqualTo(first.AllocatedPerStep).Within(allowed), "managed allocations of a step");
            Assert.That(
                steady.Select(sample => sample.Heap), Is.All.LessThan(first.Heap + (200 * Kilobyte)), "managed heap");
            Assert.That(
                steady.Select(sample => sample.Resident), Is.All.LessThan(first.Resident + (16 * Megabyte)),
                "resident memory");
        });
    }
}
