using System.Collections.Concurrent;
using GenKernels.Cli;

namespace GenKernels.Tests.Cli;

public sealed class CompilationWatchTests
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    [Test]
    public void WhatIsCompiledIsToldOnceAndNothingOfWhatWasThere()
    {
        using TemporaryFolder folder = new();
        KernelCache cache = new(folder.Path);
        cache.GetOrCompile("earlier", ".bin", Compile);
        ConcurrentQueue<string> lines = new();
        using CompilationWatch watch = new(cache, lines.Enqueue, s_pause);
        cache.GetOrCompile("earlier", ".bin", Compile);
        Thread.Sleep(20 * s_pause);
        Assert.That(lines, Is.Empty);

        cache.GetOrCompile("later", ".bin", Compile);
        Assert.That(() => lines, Is.Not.Empty.After(60_000, 5));
        Thread.Sleep(20 * s_pause);
        Assert.That(lines, Is.EqualTo(new[] { "compiling kernels (cached for later runs): 1 so far" }));
    }

    private static void Compile(string path) => File.WriteAllText(path, "code");
}
