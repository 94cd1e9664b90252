using System.Collections.Concurrent;
using GenKernels.Cli.Profiling;

namespace GenKernels.Tests.Structure;

/// <summary>
/// Every kernel, in every type and variant that it declares, is valid device code: clang's CUDA front end compiles it
/// for the oldest and the tuned architecture, without a CUDA toolkit, and warpgroup kernels for the one that has them.
/// Errors that only a GPU's assembler finds are not covered.
/// </summary>
public sealed class DeviceCompileTests
{
    private const string Oldest = "sm_80";
    private const string Tuned = "sm_90";
    private const string WithWarpgroups = "sm_90a";

    [TestCaseSource(nameof(Sources))]
    public void SourceIsDeviceCode(KernelSource source)
    {
        DeviceCompiler compiler = DeviceCompiler.Required();
        ConcurrentBag<string> faults = [];
        Parallel.ForEach(Runs(source), new ParallelOptions { MaxDegreeOfParallelism = 2 }, run =>
        {
            string text = source.Defines(run.Type, run.Variant) + source.Text;
            string log = compiler.Compile(run.Architecture, text).Log;
            if (log.Length > 0) faults.Add($"{run.Architecture}, {run.Type}, \"{run.Variant}\":\n{log}");
        });
        Assert.That(faults, Is.Empty);
    }

    [Test]
    public void AFaultIsFound()
    {
        KernelSource source = Sources().First();
        string text = source.Defines(source.Types[0], source.Variants[0]) + source.Text;
        Assert.That(
            DeviceCompiler.Required().Compile(Oldest, text + "\nKERNEL Broken(float* x) { x[threadIdx.w] = 0; }\n").Log,
            Does.Contain("no member named 'w'"));
    }

    [Test]
    public void WarpgroupsAreRefusedWhereThereAreNone([Values(Oldest, Tuned)] string architecture)
    {
        KernelSource source = Sources().First(HasWarpgroups);
        string text = source.Defines(source.Types[0], source.Variants[0]) + source.Text;
        Assert.That(
            DeviceCompiler.Required().Compile(architecture, text).Log,
            Does.Contain("warpgroups multiply on sm_90a alone"));
    }

    /// <summary>Things that clang accepts and NVRTC may not: headers, and builtins that not all its versions
    /// know.</summary>
    [TestCaseSource(nameof(Sources))]
    public void SourceNeedsNothingThatNvrtcLacks(KernelSource source)
    {
        string text = "#define __CUDACC_RTC__ 1\n#define __CUDA_ARCH_FEAT_SM90_ALL 1\n"
            + source.Defines(source.Types[0], source.Variants[0]) + source.Text;
        string seen = DeviceCompiler.Required().Preprocess(text);
        Assert.That(seen, Does.Contain("__uint_as_float"), "the text is that which NVRTC sees");
        Assert.That(seen, Does.Not.Contain("__builtin_").And.Not.Contain("__nvvm_").And.Not.Contain("std::"));
    }

    /// <summary>All sources that run on a GPU.</summary>
    internal static IEnumerable<KernelSource> Sources() => KernelFiles.All.Where(source => !source.IsHostOnly);

    /// <returns>Whether a source is one of the separate sources for warpgroup products.</returns>
    internal static bool HasWarpgroups(KernelSource source) =>
        source.Variants.All(variant => variant.Contains("HasWarpgroups=1", StringComparison.Ordinal));

    /// <summary>All combinations that a launcher may ask for, on the architectures where it may.</summary>
    private static IEnumerable<(string Architecture, ElementType Type, string Variant)> Runs(KernelSource source) =>
        from architecture in HasWarpgroups(source) ? [WithWarpgroups] : new[] { Oldest, Tuned }
        from type in source.Types
        from variant in source.Variants
        select (architecture, type, variant);
}
