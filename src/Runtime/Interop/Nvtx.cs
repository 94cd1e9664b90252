using System.Runtime.InteropServices;

namespace GenKernels.Runtime.Interop;

/// <summary>
/// NVTX: named ranges of a thread's work, which NVIDIA's profilers show; does nothing where the library is missing.
/// </summary>
internal static partial class Nvtx
{
    private const string Library = NativeLibraries.NvtxName;

    static Nvtx() => NativeLibraries.UseLocators();

    /// <summary>Opens a range on the calling thread, nested in its current one.</summary>
    internal static void Push(string name)
    {
        if (NativeLibraries.Nvtx.IsFound) _ = nvtxRangePushA(name);
    }

    /// <summary>Closes the range that the thread opened last.</summary>
    internal static void Pop()
    {
        if (NativeLibraries.Nvtx.IsFound) _ = nvtxRangePop();
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int nvtxRangePushA(string message);

    [LibraryImport(Library)]
    private static partial int nvtxRangePop();
}
