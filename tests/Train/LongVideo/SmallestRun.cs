using GenKernels.Models.LongVideo;
using GenKernels.Tests.Models.LongVideo;
using GenKernels.Tests.Train.Data;
using GenKernels.Train.Data;
using GenKernels.Train.LongVideo;
using GenKernels.Train.Runs;

namespace GenKernels.Tests.Train.LongVideo;

/// <summary>Training runs that take seconds: the smallest preset, three short videos, all augmentations.</summary>
internal static class SmallestRun
{
    /// <summary>A penalty in every second step, and a moving average that moves.</summary>
    public static LowResolutionTrainingOptions Options { get; } = new()
    {
        BatchSize = 2,
        R1Interval = 2,
        AverageBeta = 0.9,
        AverageWarmup = 4,
        Seed = 3,
    };

    /// <summary>Writes the data set; the caller disposes it.</summary>
    public static VideoDataset Dataset(string folder) => TinyDataset.Open(folder, ("a", 12), ("b", 9), ("c", 20));

    /// <summary>Resumes the run in a folder, or starts one.</summary>
    public static LowResolutionRun Open(
        string folder, VideoDataset dataset, LowResolutionRunOptions runOptions,
        LowResolutionTrainingOptions? options = null, Device? device = null, LowResolutionPreset? preset = null)
    {
        RunFolder taken = RunFolder.Open(folder);
        try
        {
            return LowResolutionRun.Open(
                taken, dataset, preset ?? SmallestPreset.Preset, options ?? Options, runOptions,
                device ?? TestDevices.Usual);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Trains up to a step.</summary>
    /// <returns>The newest checkpoint's folder.</returns>
    public static string Train(
        string folder, VideoDataset dataset, long steps, LowResolutionTrainingOptions? options = null)
    {
        using LowResolutionRun run = Open(folder, dataset, new LowResolutionRunOptions { Steps = steps }, options);
        run.Run();
        return LowResolutionCheckpoint.Newest(folder)!;
    }

    /// <summary>Asserts that every file of two checkpoints has the same bytes.</summary>
    public static void AssertSame(string checkpoint, string expected)
    {
        string[] names = Names(expected);
        Assert.That(names, Has.Length.EqualTo(6).Or.Length.EqualTo(8), "with the scales of both losses");
        Assert.That(Path.GetFileName(checkpoint), Is.EqualTo(Path.GetFileName(expected)));
        Assert.That(Names(checkpoint), Is.EqualTo(names));
        foreach (string name in names)
        {
            byte[] actual = File.ReadAllBytes(Path.Combine(checkpoint, name));
            Assert.That(actual.AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(expected, name))), name);
        }
    }

    private static string[] Names(string folder) => [.. Directory.GetFiles(folder).Select(Path.GetFileName).Order()!];
}
