using System.Diagnostics;
using GenKernels.Tests.Golden;

namespace GenKernels.Tests.Cli;

/// <summary>Two processes that start at once with one empty kernel cache.</summary>
public sealed class SharedCacheTests
{
    [Test]
    public void TwoProcessesFillOneCacheWithoutABrokenEntry()
    {
        using TemporaryFolder cache = new();
        using Process first = Start(cache.Path), second = Start(cache.Path);
        string[] outputs = [first.StandardOutput.ReadToEnd(), second.StandardOutput.ReadToEnd()];
        first.WaitForExit();
        second.WaitForExit();
        Assert.That((first.ExitCode, second.ExitCode), Is.EqualTo((0, 0)), string.Concat(outputs));
        Assert.That(outputs, Has.All.Contain("0 failed, 0 unknown"));
        string[] entries = cache.FileNames();
        Assert.That(entries, Is.Not.Empty.And.All.EndsWith(".so").And.None.StartsWith("."));
        KernelCache reader = new(cache.Path);
        foreach (string entry in entries)
        {
            string key = Path.GetFileNameWithoutExtension(entry);
            reader.GetOrCompile(key, ".so", _ => Assert.Fail($"{entry} is broken"));
        }

        Assert.That((reader.Hits, reader.Misses), Is.EqualTo((entries.Length, 0)));
    }

    private static Process Start(string cache)
    {
        string[] arguments =
        [
            "verify", GoldenFiles.Path("ops"), "--filter", "optim_ema", "--device", "host",
        ];
        ProcessStartInfo start = OwnProgram.Start("GenKernels.Cli", arguments);
        start.RedirectStandardOutput = true;
        start.Environment["GENKERNELS_CACHE"] = cache;
        return Process.Start(start)!;
    }
}
