using System.Runtime.InteropServices;

namespace GenKernels.Runtime.Interop;

/// <summary>
/// NVTX: names of what a thread does, which NVIDIA's profilers show; nothing happens where the library is missing.
/// </summary>
internal static partial class Nvtx
{
    private const string Library = NativeLibraries.NvtxName;

    static Nvtx() => NativeLibraries.UseLocators();

    /// <summary>Begins a range within the one that the thread is in.</summary>
    internal static void Push(string name)
    {
        if (NativeLibraries.Nvtx.IsFound) _ = nvtxRangePushA(name);
    }

    /// <summary>Ends the range that the thread began last.</summary>
    internal static void Pop()
    {
        if (NativeLibraries.Nvtx.IsFound) _ = nvtxRangePop();
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int nvtxRangePushA(string message);

    [LibraryImport(Library)]
    private static partial int nvtxRangePop();
}
