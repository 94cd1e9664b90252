using System.Reflection;
using System.Runtime.InteropServices;

namespace GenKernels.Runtime.Interop;

/// <summary>The native libraries that this assembly can use; each is optional, and located when first needed.</summary>
public static class NativeLibraries
{
    internal const string CudaName = "cuda";
    internal const string NvrtcName = "nvrtc";
    internal const string CuBlasLtName = "cublaslt";
    internal const string CuDnnName = "cudnn";
    internal const string OpenBlasName = "openblas";
    internal const string NvtxName = "nvtx";

    private static readonly Lazy<bool> s_resolver = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
        return true;
    });

    /// <summary>The CUDA driver API, which is part of the GPU's driver.</summary>
    public static NativeLibraryLocator Cuda { get; } = new(
        CudaName,
        "the NVIDIA driver",
        () => Names("nvcuda.dll", "libcuda.so.1"),
        "install it");

    /// <summary>NVIDIA's run-time compiler for CUDA C++.</summary>
    public static NativeLibraryLocator Nvrtc { get; } = new(
        NvrtcName,
        "NVRTC",
        () => ForDriver(Names("nvrtc64_130_0.dll", "libnvrtc.so.13"), Names("nvrtc64_120_0.dll", "libnvrtc.so.12")),
        "install that of the driver's CUDA version (Python package nvidia-cuda-nvrtc for CUDA 13, "
        + "nvidia-cuda-nvrtc-cu12 for 12; or cuda-nvrtc of the CUDA toolkit)",
        Names("nvrtc-builtins64_*.dll", "libnvrtc-builtins.so.*"));

    /// <summary>Matrix products on a GPU.</summary>
    public static NativeLibraryLocator CuBlasLt { get; } = new(
        CuBlasLtName,
        "cuBLASLt",
        () => ForDriver(
            Names("cublasLt64_13.dll", "libcublasLt.so.13"), Names("cublasLt64_12.dll", "libcublasLt.so.12")),
        "install that of the driver's CUDA version (Python package nvidia-cublas for CUDA 13, "
        + "nvidia-cublas-cu12 for 12; or libcublas of the CUDA toolkit)",
        version: Interop.CuBlasLt.cublasLtGetVersion);

    /// <summary>Convolutions on a GPU.</summary>
    public static NativeLibraryLocator CuDnn { get; } = new(
        CuDnnName,
        "cuDNN 9",
        () => Names("cudnn64_9.dll", "libcudnn.so.9"),
        "install that of the driver's CUDA version (Python package nvidia-cudnn-cu13 for CUDA 13, "
        + "nvidia-cudnn-cu12 for 12; or cudnn of NVIDIA's repositories)",
        version: Interop.CuDnn.cudnnGetVersion);

    /// <summary>Matrix products on the CPU.</summary>
    public static NativeLibraryLocator OpenBlas { get; } = new(
        OpenBlasName,
        "OpenBLAS",
        () => Names("libopenblas.dll", "libopenblas.so.0"),
        "install it (Debian, Ubuntu: apt install libopenblas0-pthread)",
        prepare: OpenBlasProcessor.Tell);

    /// <summary>Named ranges for NVIDIA's profilers.</summary>
    public static NativeLibraryLocator Nvtx { get; } = new(
        NvtxName,
        "NVTX",
        () => OperatingSystem.IsWindows()
            ? ["nvtx3interop.dll", "nvToolsExt64_1.dll"]
            : ["libnvtx3interop.so.1", "libnvtx3interop.so", "libnvToolsExt.so.1"],
        "install it to see names of phases in Nsight Systems (Python package nvidia-nvtx for CUDA 13, "
        + "nvidia-nvtx-cu12 for 12)");

    /// <summary>All of them, in the order for listings.</summary>
    public static IReadOnlyList<NativeLibraryLocator> All { get; } = [Cuda, Nvrtc, CuBlasLt, CuDnn, OpenBlas, Nvtx];

    /// <summary>
    /// Routes this assembly's imports through the locators; bindings call it before their first function.
    /// </summary>
    internal static void UseLocators() => _ = s_resolver.Value;

    /// <returns>The name for the operating system.</returns>
    private static string[] Names(string windows, string others) => [OperatingSystem.IsWindows() ? windows : others];

    /// <remarks>
    /// The driver's own major version first: a driver runs code of its own and of older major versions, but not of
    /// newer ones.
    /// </remarks>
    private static string[] ForDriver(string[] cuda13, string[] cuda12) =>
        CudaDriver.Version is > 0 and < 13000 ? [.. cuda12, .. cuda13] : [.. cuda13, .. cuda12];

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        foreach (NativeLibraryLocator library in All)
        {
            if (library.Name == name) return library.Handle;
        }

        return 0;
    }
}
