using System.Diagnostics;

namespace GenKernels.Tests.Runtime.Interop;

/// <summary>
/// A second process of the tests, whose driver and other NVIDIA libraries are <see cref="PretendedCuda"/>. It runs the
/// tests of <see cref="Category"/>; in the first process each of them passes if all passed there.
/// </summary>
internal static class PretendedProcess
{
    /// <summary>The category of the tests that run there.</summary>
    internal const string Category = "PretendedCuda";

    private static readonly string[] s_libraries =
        ["GENKERNELS_CUDA", "GENKERNELS_NVRTC", "GENKERNELS_CUBLASLT", "GENKERNELS_CUDNN", "GENKERNELS_NVTX"];

    private static readonly Lazy<(int ExitCode, string Output)> s_child = new(Run);

    private static bool IsHere => Environment.GetEnvironmentVariable(PretendedCuda.Variable) is not null;

    /// <summary>Runs a test in the second process.</summary>
    internal static void InChild(Action test)
    {
        if (IsHere) test();
        else Assert.That(s_child.Value.ExitCode, Is.Zero, s_child.Value.Output);
    }

    /// <returns>The fake GPU, with a kernel cache beside the fake library.</returns>
    internal static CudaDevice Open()
    {
        string library = Environment.GetEnvironmentVariable(PretendedCuda.Variable)!;
        return new CudaDevice(0, new KernelCache(Path.Combine(Path.GetDirectoryName(library)!, "cache")));
    }

    private static (int ExitCode, string Output) Run()
    {
        string[] compiler = HostCompiler.Find();
        if (compiler is []) throw new InvalidOperationException(MissingProgram.Compiler);
        using TemporaryFolder folder = new();
        string library = PretendedCuda.Build(compiler, folder.Path);
        ProcessStartInfo start = OwnProgram.Start(
            "GenKernels.Tests", "--filter", $"TestCategory={Category}", "--results-directory", folder.Path);
        start.RedirectStandardOutput = true;
        foreach (string variable in s_libraries.Append(PretendedCuda.Variable))
        {
            start.Environment[variable] = library;
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
