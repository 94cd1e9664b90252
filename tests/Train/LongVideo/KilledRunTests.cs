using System.Diagnostics;
using GenKernels.Train.LongVideo;
using GenKernels.Train.Runs;

namespace GenKernels.Tests.Train.LongVideo;

/// <summary>Whatever a killed process leaves behind, the next one resumes and ends with the same bits.</summary>
public sealed class KilledRunTests
{
    private const int KillCount = 10, ManySteps = 100_000;

    /// <summary>Twenty kills in all: two runs in parallel, because most of a short life is single-threaded.</summary>
    [Test]
    public void RunsThatAreKilledAgainAndAgainEndInTheSameBits([Values(2022)] int seed)
    {
        using TemporaryFolder data = new(), first = new(), second = new(), whole = new();
        RampDataset.Write(data.Path);
        TrainingProcess[] victims = [new(data.Path, first.Path), new(data.Path, second.Path)];
        string[][] moments = new string[victims.Length][];
        Parallel.For(0, victims.Length, index => moments[index] = Kill(victims[index], new Random(seed + index)));
        foreach (string moment in moments.SelectMany(all => all)) TestContext.Out.WriteLine(moment);

        long steps = victims.Max(victim => victim.Step) + 1;
        TrainingProcess undisturbed = new(data.Path, whole.Path);
        Parallel.ForEach([.. victims, undisturbed], process => process.Finish(steps));
        AssertSame(first, expected: whole);
        AssertSame(second, expected: whole);
    }

    private static void AssertSame(TemporaryFolder run, TemporaryFolder expected)
    {
        SmallestRun.AssertSame(
            LowResolutionCheckpoint.Newest(run.Path)!, LowResolutionCheckpoint.Newest(expected.Path)!);
        Assert.That(Log(run), Is.EqualTo(Log(expected)), "the log but for times");
        string sample = Path.GetFileName(Directory.GetFiles(expected.File("samples"), "*.png").Single());
        Assert.That(
            File.ReadAllBytes(Path.Combine(run.File("samples"), sample)),
            Is.EqualTo(File.ReadAllBytes(Path.Combine(expected.File("samples"), sample))));
        Assert.That(
            Directory.GetFileSystemEntries(run.Path, "*", SearchOption.AllDirectories)
                .Where(path => path.EndsWith(".partial", StringComparison.Ordinal)
                    || path.EndsWith(".tmp", StringComparison.Ordinal)),
            Is.Empty, "what was half written is cleared away");
    }

    private static string[] Kill(TrainingProcess victim, Random random) =>
        [.. Enumerable.Range(0, KillCount).Select(_ => KillOnce(victim, random))];

    /// <summary>
    /// Lets a process live until a random moment: during startup, in a step, or while it writes a checkpoint.
    /// </summary>
    /// <returns>The moment that was chosen.</returns>
    private static string KillOnce(TrainingProcess victim, Random random)
    {
        string? before = victim.Newest;
        using Process process = victim.Start(ManySteps);
        (string Name, Func<bool> Condition, int Patience)[] moments =
        [
            ("began", () => true, 1500),
            ("took a step", () => victim.Newest != before, 200),
            ("began a checkpoint", () => victim.IsSaving && victim.Newest != before, 20),
        ];
        (string name, Func<bool> condition, int patience) = moments[random.Next(moments.Length)];
        TimeSpan delay = TimeSpan.FromMilliseconds(random.NextDouble() * patience);
        TrainingProcess.WaitFor(condition, process);
        Thread.Sleep(delay);
        process.Kill();  // SIGKILL: no cleanup
        process.WaitForExit();
        string at = victim.Newest is { } newest ? Path.GetFileName(newest) : "no checkpoint";
        string also = victim.IsSaving ? " and a half-written one" : "";
        return $"killed {delay.TotalMilliseconds:F1} ms after it {name}: {at}{also}";
    }

    private static IEnumerable<string> Log(TemporaryFolder run) =>
        from record in MetricLog.Read(run.File("log.jsonl"))
        let values = record.Values.Where(value => value.Key != "seconds_per_step")
        select $"{record.Step}: {string.Join(' ', values.Select(value => $"{value.Key}={value.Value:R}"))}";
}
