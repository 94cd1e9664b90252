using System.Diagnostics;

namespace GenKernels.Tests.Structure;

/// <summary>clang's CUDA front end, which compiles kernels to PTX without a CUDA toolkit.</summary>
internal sealed class DeviceCompiler
{
    // Without a toolkit there is no device library: math functions stay calls, which builtins must not replace.
    private const string Options =
        "-x cuda --cuda-device-only -Xclang -target-feature -Xclang +ptx80 -nocudainc -nocudalib -fdeclspec "
        + "-fno-builtin -std=c++20 -w -S -o -";

    private readonly string _path;

    private DeviceCompiler(string path) => _path = path;

    /// <summary>The compiler; without one, the test is ignored.</summary>
    internal static DeviceCompiler Required()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string? path = ((string[])["clang++-19", "clang++"])
            .SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (path is null) Assert.Ignore("there is no clang++ on the path (Debian: apt install clang-19)");
        return new DeviceCompiler(path!);
    }

    /// <param name="architecture">Such as <c>sm_90</c>.</param>
    /// <param name="text">The source.</param>
    /// <param name="level">Optimisation level.</param>
    /// <returns>The PTX, and the compiler's messages, if any.</returns>
    internal (string Ptx, string Log) Compile(string architecture, string text, int level = 1)
    {
        (int status, string output, string log) =
            Run([.. Options.Split(' '), $"-O{level}", "--cuda-gpu-arch=" + architecture, "-"], text);
        return (output, status == 0 ? "" : log + $"(exit status {status})");
    }

    /// <returns>The text after preprocessing.</returns>
    internal string Preprocess(string text)
    {
        (int status, string output, string log) = Run(["-x", "c++", "-std=c++20", "-w", "-E", "-P", "-"], text);
        Assert.That(status, Is.Zero, log);
        return output;
    }

    private (int Status, string Output, string Log) Run(string[] arguments, string text)
    {
        ProcessStartInfo start = new(_path, arguments)
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
