using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GenKernels.Tests.Runtime.Interop;

/// <summary>
/// A fake library that acts as driver, NVRTC, NVTX, cuBLASLt and cuDNN of a GPU of compute capability 9.0, with the
/// signatures of NVIDIA's headers. Device memory is memory of the process; work on the stream is done at once or, if
/// captured, at replay.
/// </summary>
internal static class PretendedCuda
{
    /// <summary>Environment variable with the library's path, in the process that uses it.</summary>
    internal const string Variable = "GENKERNELS_PRETENDED_CUDA";

    private static readonly string[] s_texts =
    [
        PretendedNumbers.Text, PretendedDriver.Text, PretendedBlasLt.Text, PretendedDnn.Text,
        PretendedDnnEngines.Text,
    ];

    /// <returns>Path of the library, compiled into a folder.</returns>
    internal static string Build(string[] compiler, string folder)
    {
        string source = Path.Combine(folder, "pretended.cpp");
        string library = Path.Combine(folder, "libpretended.so");
        File.WriteAllText(source, string.Join('\n', s_texts));
        string[] options = ["-std=c++20", "-O1", "-w", "-fPIC", "-shared", "-o", library, source];
        ProcessStartInfo start = new(compiler[0], [.. compiler[1..], .. options]);
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero);
        return library;
    }

    /// <summary>Makes the next call of a function return a status.</summary>
    internal static void Fail(string function, int status) => Get<Failure>("pretend_failure")(function, status);

    /// <returns>Grid, block, shared bytes and numeric arguments of the last launch, or a description of the last call
    /// of another library.</returns>
    internal static string LastLaunch() => Marshal.PtrToStringUTF8(Get<Pointer>("pretend_last")())!;

    /// <returns>The NVTX ranges: an opening bracket and a name at each start, a closing bracket at each end.</returns>
    internal static string Ranges() => Marshal.PtrToStringUTF8(Get<Pointer>("pretend_ranges")())!;

    /// <returns>The options of the last compilation.</returns>
    internal static string Options() => Marshal.PtrToStringUTF8(Get<Pointer>("pretend_options")())!;

    /// <returns>Number of objects not yet destroyed: contexts, streams, memory, modules, events, programs, graphs,
    /// handles.</returns>
    internal static long Live() => Get<Count>("pretend_live")();

    /// <returns>Launches of kernels and of graphs since the start; launches within a graph are not counted.</returns>
    internal static int Launches() => (int)Get<Count>("pretend_launches")();

    /// <returns>How often a stream was waited for since the start.</returns>
    internal static int Waits() => (int)Get<Count>("pretend_waits")();

    /// <returns>Compilations since the start.</returns>
    internal static int Compiled() => (int)Get<Count>("pretend_compiled")();

    /// <returns>Matrix products for which cuBLASLt has proposed an algorithm since the start.</returns>
    internal static int Proposals() => (int)Get<Count>("pretend_proposals")();

    /// <summary>Hides cuDNN engines from now on: those whose bits are set.</summary>
    internal static void Miss(int engines) => Get<Failure>("pretend_missing")("", engines);

    /// <returns>Plans that cuDNN finished since the start.</returns>
    internal static int Plans() => (int)Get<Count>("pretend_plans")();

    private static T Get<T>(string name)
        where T : Delegate
    {
        nint library = NativeLibrary.Load(Environment.GetEnvironmentVariable(Variable)!);
        return Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));
    }

    private delegate void Failure([MarshalAs(UnmanagedType.LPUTF8Str)] string function, int status);

    private delegate nint Pointer();

    private delegate long Count();
}
