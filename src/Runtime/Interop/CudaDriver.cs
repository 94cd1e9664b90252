using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GenKernels.Runtime.Interop;

/// <summary>
/// The CUDA driver API, as far as it is used: native names, sizes in bytes, device addresses as integers.
/// </summary>
internal static unsafe partial class CudaDriver
{
    private const string Library = NativeLibraries.CudaName;
    private static readonly Lazy<int> s_version = new(ReadVersion);

    private static readonly Lazy<nint> s_parameterInfo =
        new(() => NativeLibraries.Cuda.FindFunction("cuFuncGetParamInfo"));

    static CudaDriver() => NativeLibraries.UseLocators();

    /// <summary>
    /// The newest CUDA version that the driver supports, as 1000 times major plus 10 times minor; 0 without a driver.
    /// </summary>
    internal static int Version => s_version.Value;

    /// <summary>The same as text, such as <c>CUDA 13.0</c>.</summary>
    internal static string VersionText => $"CUDA {Version / 1000}.{Version % 1000 / 10}";

    /// <summary>Whether the driver reports the sizes of a kernel's parameters, as drivers since CUDA 12.4 do.</summary>
    internal static bool KnowsParameters => s_parameterInfo.Value != 0;

    /// <exception cref="CudaException">The status is not success.</exception>
    internal static void ThrowIfFailed(
        this CUresult status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status == CUresult.CUDA_SUCCESS) return;
        throw new CudaException(call, (int)status, NameOf(status), TextOf(status));
    }

    /// <returns>The name of a status, from the driver where there is one.</returns>
    internal static string NameOf(CUresult status)
    {
        if (!NativeLibraries.Cuda.IsFound) return Enum.IsDefined(status) ? status.ToString() : "CUDA error";
        byte* text = null;
        return cuGetErrorName(status, &text) == CUresult.CUDA_SUCCESS ? Text(text) : "CUDA error";
    }

    /// <returns>The driver's description of a status; empty without a driver.</returns>
    internal static string TextOf(CUresult status)
    {
        if (!NativeLibraries.Cuda.IsFound) return "";
        byte* text = null;
        return cuGetErrorString(status, &text) == CUresult.CUDA_SUCCESS ? Text(text) : "";
    }

    /// <summary>
    /// A parameter's offset and size; an invalid-value status past the last. Only where <see cref="KnowsParameters"/>.
    /// </summary>
    internal static CUresult cuFuncGetParamInfo(CUfunction function, nuint index, nuint* offset, nuint* size)
    {
        var call = (delegate* unmanaged<CUfunction, nuint, nuint*, nuint*, CUresult>)s_parameterInfo.Value;
        return call(function, index, offset, size);
    }

    [LibraryImport(Library)]
    internal static partial CUresult cuInit(uint flags);

    [LibraryImport(Library)]
    internal static partial CUresult cuDriverGetVersion(int* version);

    [LibraryImport(Library)]
    internal static partial CUresult cuGetErrorName(CUresult status, byte** text);

    [LibraryImport(Library)]
    internal static partial CUresult cuGetErrorString(CUresult status, byte** text);

    [LibraryImport(Library)]
    internal static partial CUresult cuDeviceGetCount(int* count);

    [LibraryImport(Library)]
    internal static partial CUresult cuDeviceGet(int* device, int ordinal);

    [LibraryImport(Library)]
    internal static partial CUresult cuDeviceGetName(byte* name, int capacity, int device);

    [LibraryImport(Library)]
    internal static partial CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, int device);

    [LibraryImport(Library)]
    internal static partial CUresult cuDeviceTotalMem_v2(nuint* bytes, int device);

    [LibraryImport(Library)]
    internal static partial CUresult cuDevicePrimaryCtxRetain(CUcontext* context, int device);

    [LibraryImport(Library)]
    internal static partial CUresult cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(Library)]
    internal static partial CUresult cuCtxSetCurrent(CUcontext context);

    [LibraryImport(Library)]
    internal static partial CUresult cuStreamCreate(CUstream* stream, CUstream_flags flags);

    [LibraryImport(Library)]
    internal static partial CUresult cuStreamSynchronize(CUstream stream);

    [LibraryImport(Library)]
    internal static partial CUresult cuStreamDestroy_v2(CUstream stream);

    [LibraryImport(Library)]
    internal static partial CUresult cuMemAllocAsync(nint* address, nuint bytes, CUstream stream);

    [LibraryImport(Library)]
    internal static partial CUresult cuMemFreeAsync(nint address, CUstream stream);

    [LibraryImport(Library)]
    internal static partial CUresult cuMemAlloc_v2(nint* address, nuint bytes);

    [LibraryImport(Library)]
    internal static partial CUresult cuMemFree_v2(nint address);

    [LibraryImport(Library)]
    internal static partial CUresult cuMemHostAlloc(void** memory, nuint bytes, uint flags);

    [LibraryImport(Library)]
    internal static partial CUresult cuMemFreeHost(void* memory);

    [LibraryImport(Library)]
    internal static partial CUresult cuMemGetInfo_v2(nuint* free, nuint* total);

    [LibraryImport(Library)]
    internal static partial CUresult cuMemcpyHtoDAsync_v2(nint destination, void* source, nuint bytes, CUstream stream);

    [LibraryImport(Library)]
    internal static partial CUresult cuMemcpyDtoHAsync_v2(void* destination, nint source, nuint bytes, CUstream stream);

    [LibraryImport(Library)]
    internal static partial CUresult cuMemcpyDtoDAsync_v2(nint destination, nint source, nuint bytes, CUstream stream);

    [LibraryImport(Library)]
    internal static partial CUresult cuMemsetD8Async(nint destination, byte value, nuint bytes, CUstream stream);

    [LibraryImport(Library)]
    internal static partial CUresult cuModuleLoadDataEx(
        CUmodule* module, void* image, uint optionCount, CUjit_option* options, void** values);

    [LibraryImport(Library)]
    internal static partial CUresult cuModuleUnload(CUmodule module);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial CUresult cuModuleGetFunction(CUfunction* function, CUmodule module, string name);

    [LibraryImport(Library)]
    internal static partial CUresult cuFuncGetAttribute(
        int* value, CUfunction_attribute attribute, CUfunction function);

    [LibraryImport(Library)]
    internal static partial CUresult cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute, int value);

    [LibraryImport(Library)]
    internal static partial CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(
        int* blockCount, CUfunction function, int blockSize, nuint dynamicSharedBytes);

    [LibraryImport(Library)]
    internal static partial CUresult cuLaunchKernel(
        CUfunction function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ,
        uint sharedBytes, CUstream stream, void** parameters, void** extra);

    [LibraryImport(Library)]
    internal static partial CUresult cuTensorMapEncodeTiled(
        byte* map, CUtensorMapDataType type, uint rank, nint address, long* sizes, long* strides, uint* box,
        uint* elementStrides, CUtensorMapInterleave interleave, CUtensorMapSwizzle swizzle,
        CUtensorMapL2promotion promotion, CUtensorMapFloatOOBfill fill);

    [LibraryImport(Library)]
    internal static partial CUresult cuTensorMapEncodeIm2col(
        byte* map, CUtensorMapDataType type, uint rank, nint address, long* sizes, long* strides, int* lower,
        int* upper, uint channelsPerPixel, uint pixelsPerColumn, uint* elementStrides,
        CUtensorMapInterleave interleave, CUtensorMapSwizzle swizzle, CUtensorMapL2promotion promotion,
        CUtensorMapFloatOOBfill fill);

    [LibraryImport(Library)]
    internal static partial CUresult cuEventCreate(CUevent* value, uint flags);

    [LibraryImport(Library)]
    internal static partial CUresult cuEventRecord(CUevent value, CUstream stream);

    [LibraryImport(Library)]
    internal static partial CUresult cuEventSynchronize(CUevent value);

    [LibraryImport(Library)]
    internal static partial CUresult cuEventElapsedTime(float* milliseconds, CUevent start, CUevent end);

    [LibraryImport(Library)]
    internal static partial CUresult cuEventDestroy_v2(CUevent value);

    [LibraryImport(Library)]
    internal static partial CUresult cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode mode);

    [LibraryImport(Library)]
    internal static partial CUresult cuStreamEndCapture(CUstream stream, CUgraph* graph);

    [LibraryImport(Library)]
    internal static partial CUresult cuGraphInstantiateWithFlags(CUgraphExec* executable, CUgraph graph, ulong flags);

    [LibraryImport(Library)]
    internal static partial CUresult cuGraphLaunch(CUgraphExec executable, CUstream stream);

    [LibraryImport(Library)]
    internal static partial CUresult cuGraphExecDestroy(CUgraphExec executable);

    [LibraryImport(Library)]
    internal static partial CUresult cuGraphDestroy(CUgraph graph);

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    private static int ReadVersion()
    {
        int version = 0;
        if (NativeLibraries.Cuda.IsFound) cuDriverGetVersion(&version).ThrowIfFailed();
        return version;
    }
}
