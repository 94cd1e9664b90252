using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using GenKernels.Kernels.Normalization;

namespace GenKernels.Tests.Structure;

/// <summary>
/// Every kernel, in every type and variant that it declares, is valid device code: clang's CUDA front end compiles it for
/// the oldest and the tuned architecture, without a CUDA toolkit. What only a GPU's assembler knows it does not prove.
/// </summary>
public sealed class DeviceCompileTests
{
    // No device library is there without a toolkit: mathematics stays calls, for which builtins must not step in.
    private const string Options =
        "-x cuda --cuda-device-only -Xclang -target-feature -Xclang +ptx80 -nocudainc -nocudalib -fdeclspec -fno-builtin "
        + "-std=c++20 -O1 -w -S -o /dev/null";

    private static readonly string[] s_architectures = ["sm_80", "sm_90"];

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
            Compile(compiler!, "sm_80", text + "\nKERNEL Broken(float* x) { x[threadIdx.w] = 0; }\n"),
            Does.Contain("no member named 'w'"));
    }

    /// <summary>What every static field of the kernels' assembly holds, once a file.</summary>
    private static IEnumerable<KernelSource> Sources() => typeof(PixelNorm).Assembly.GetTypes()
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
        .Where(field => field.FieldType == typeof(KernelSource) && !field.DeclaringType!.ContainsGenericParameters)
        .Select(field => (KernelSource)field.GetValue(null)!)
        .Where(source => !source.IsHostOnly)
        .OrderBy(source => source.Path, StringComparer.Ordinal);

    private static IEnumerable<(string Architecture, ElementType Type, string Variant)> Runs(KernelSource source) =>
        from type in source.Types
        from variant in source.Variants
        from architecture in s_architectures
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
        ProcessStartInfo start = new(compiler, [.. Options.Split(' '), "--cuda-gpu-arch=" + architecture, "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> log = process.StandardError.ReadToEndAsync();
        using (StreamWriter input = process.StandardInput) input.Write(text);
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : log.Result + $"(exit status {process.ExitCode})";
    }
}
