using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using GenKernels.Kernels.Normalization;

namespace GenKernels.Tests.Structure;

/// <summary>
/// Every kernel, in every type and variant that it declares, is valid device code: clang's CUDA front end compiles
/// it for the oldest and the tuned architecture, without a CUDA toolkit. What only a GPU's assembler knows it does not
/// prove.
/// </summary>
public sealed class DeviceCompileTests
{
    // No device library is there without a toolkit: mathematics stays calls, for which builtins must not step in.
    private const string Options =
        "-x cuda --cuda-device-only -Xclang -target-feature -Xclang +ptx80 -nocudainc -nocudalib -fdeclspec "
        + "-fno-builtin -std=c++20 -O1 -w -S -o /dev/null";

    private const string Oldest = "sm_80";
    private const string Tuned = "sm_90";

    [TestCaseSource(nameof(Sources))]
    public void SourceIsDeviceCode(KernelSource source)
    {
        string? compiler = FindCompiler();
        if (compiler is null) Assert.Ignore("there is no clang++ on the path (Debian: apt install clang-19)");
        ConcurrentBag<string> faults = [];
        Parallel.ForEach(Runs(source), new ParallelOptions { MaxDegreeOfParallelism = 2 }, run =>
        {
            string log = Compile(compiler!, run.Architecture, source.Defines(run.Type, run.Variant) + source.Text);
            if (log.Length > 0) faults.Add($"{run.Architecture}, {run.Type}, \"{run.Variant}\":\n{log}");
        });
        Assert.That(faults, Is.Empty);
    }

    [Test]
    public void AFaultIsFound()
    {
        string? compiler = FindCompiler();
        if (compiler is null) Assert.Ignore("there is no clang++ on the path (Debian: apt install clang-19)");
        KernelSource source = Sources().First();
        string text = source.Defines(source.Types[0], source.Variants[0]) + source.Text;
        Assert.That(
            Compile(compiler!, Oldest, text + "\nKERNEL Broken(float* x) { x[threadIdx.w] = 0; }\n"),
            Does.Contain("no member named 'w'"));
    }

    /// <summary>What clang takes and NVRTC may not: headers, and builtins that its versions do not all know.</summary>
    [TestCaseSource(nameof(Sources))]
    public void SourceNeedsNothingThatNvrtcLacks(KernelSource source)
    {
        string compiler = FindCompiler() ?? "";
        if (compiler.Length == 0) Assert.Ignore("there is no clang++ on the path (Debian: apt install clang-19)");
        string text = "#define __CUDACC_RTC__ 1\n" + source.Defines(source.Types[0], source.Variants[0]) + source.Text;
        string seen = Preprocess(compiler, text);
        Assert.That(seen, Does.Contain("__uint_as_float"), "the text is that which NVRTC sees");
        Assert.That(seen, Does.Not.Contain("__builtin_").And.Not.Contain("__nvvm_").And.Not.Contain("std::"));
    }

    /// <summary>What every static field of the kernels' assembly holds, once a file.</summary>
    private static IEnumerable<KernelSource> Sources() => typeof(PixelNorm).Assembly.GetTypes()
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
        .Where(field => field.FieldType == typeof(KernelSource) && !field.DeclaringType!.ContainsGenericParameters)
        .Select(field => (KernelSource)field.GetValue(null)!)
        .Where(source => !source.IsHostOnly)
        .OrderBy(source => source.Path, StringComparer.Ordinal);

    /// <summary>Everything that a launcher may ask for, on both architectures.</summary>
    private static IEnumerable<(string Architecture, ElementType Type, string Variant)> Runs(KernelSource source) =>
        from architecture in new[] { Oldest, Tuned }
        from type in source.Types
        from variant in source.Variants
        select (architecture, type, variant);

    private static string? FindCompiler()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return ((string[])["clang++-19", "clang++"])
            .SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }

    /// <returns>What the compiler said; nothing where it was content.</returns>
    private static string Compile(string compiler, string architecture, string text)
    {
        string[] arguments = [.. Options.Split(' '), "--cuda-gpu-arch=" + architecture, "-"];
        (int status, _, string log) = Run(compiler, arguments, text);
        return status == 0 ? "" : log + $"(exit status {status})";
    }

    /// <returns>The text with its conditions decided.</returns>
    private static string Preprocess(string compiler, string text)
    {
        string[] arguments = ["-x", "c++", "-std=c++20", "-w", "-E", "-P", "-"];
        (int status, string output, string log) = Run(compiler, arguments, text);
        Assert.That(status, Is.Zero, log);
        return output;
    }

    private static (int Status, string Output, string Log) Run(string compiler, string[] arguments, string text)
    {
        ProcessStartInfo start = new(compiler, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> log = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        using (StreamWriter input = process.StandardInput) input.Write(text);
        process.WaitForExit();
        return (process.ExitCode, output.Result, log.Result);
    }
}
