using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GenKernels.Runtime.Interop;

/// <summary>NVRTC, NVIDIA's run-time compiler for CUDA C++; native names.</summary>
internal static unsafe partial class Nvrtc
{
    private const string Library = NativeLibraries.NvrtcName;

    static Nvrtc() => NativeLibraries.UseLocators();

    internal readonly record struct nvrtcProgram(nint Value);

    internal enum nvrtcResult
    {
        NVRTC_SUCCESS = 0,
        NVRTC_ERROR_COMPILATION = 6,
    }

    /// <exception cref="CudaException">The status is not success.</exception>
    internal static void ThrowIfFailed(
        this nvrtcResult status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status == nvrtcResult.NVRTC_SUCCESS) return;
        string name = Marshal.PtrToStringUTF8(nvrtcGetErrorString(status)) ?? "NVRTC error";
        throw new CudaException(call, (int)status, name, "");
    }

    [LibraryImport(Library)]
    internal static partial nvrtcResult nvrtcVersion(int* major, int* minor);

    [LibraryImport(Library)]
    internal static partial nvrtcResult nvrtcGetNumSupportedArchs(int* count);

    /// <summary>
    /// Fills in the compute capabilities that NVRTC compiles for, as 10 times major plus minor, ascending.
    /// </summary>
    [LibraryImport(Library)]
    internal static partial nvrtcResult nvrtcGetSupportedArchs(int* architectures);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nvrtcResult nvrtcCreateProgram(
        nvrtcProgram* program, string text, string name, int headerCount, byte** headers, byte** includeNames);

    [LibraryImport(Library)]
    internal static partial nvrtcResult nvrtcCompileProgram(nvrtcProgram program, int optionCount, byte** options);

    [LibraryImport(Library)]
    internal static partial nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram program, nuint* bytes);

    [LibraryImport(Library)]
    internal static partial nvrtcResult nvrtcGetProgramLog(nvrtcProgram program, byte* log);

    [LibraryImport(Library)]
    internal static partial nvrtcResult nvrtcGetCUBINSize(nvrtcProgram program, nuint* bytes);

    [LibraryImport(Library)]
    internal static partial nvrtcResult nvrtcGetCUBIN(nvrtcProgram program, byte* code);

    [LibraryImport(Library)]
    internal static partial nvrtcResult nvrtcGetPTXSize(nvrtcProgram program, nuint* bytes);

    [LibraryImport(Library)]
    internal static partial nvrtcResult nvrtcGetPTX(nvrtcProgram program, byte* code);

    [LibraryImport(Library)]
    internal static partial nvrtcResult nvrtcDestroyProgram(nvrtcProgram* program);

    [LibraryImport(Library)]
    private static partial nint nvrtcGetErrorString(nvrtcResult status);
}
