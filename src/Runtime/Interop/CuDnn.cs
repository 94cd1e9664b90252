using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GenKernels.Runtime.Interop;

/// <summary>
/// cuDNN 9 through its backend API: descriptors with attributes form an operation graph, for which the library proposes
/// engines.
/// </summary>
/// <remarks>Numbers are those of NVIDIA's header <c>cudnn_graph.h</c>, read in cuDNN 9.6.</remarks>
internal static unsafe partial class CuDnn
{
    private const string Library = NativeLibraries.CuDnnName;
    private const int LongestMessage = 1024;

    static CuDnn() => NativeLibraries.UseLocators();

    internal readonly record struct cudnnHandle_t(nint Value);

    internal readonly record struct cudnnBackendDescriptor_t(nint Value);

    internal enum cudnnStatus_t
    {
        CUDNN_STATUS_SUCCESS = 0,
        CUDNN_STATUS_NOT_SUPPORTED = 3000,
    }

    internal enum cudnnDataType_t
    {
        CUDNN_DATA_FLOAT = 0,
        CUDNN_DATA_HALF = 2,
        CUDNN_DATA_BFLOAT16 = 9,
    }

    internal enum cudnnConvolutionMode_t
    {
        CUDNN_CROSS_CORRELATION = 1,
    }

    internal enum cudnnBackendHeurMode_t
    {
        CUDNN_HEUR_MODE_FALLBACK = 2,
        CUDNN_HEUR_MODE_A = 3,
    }

    /// <summary>Numerical properties of an engine.</summary>
    internal enum cudnnBackendNumericalNote_t
    {
        CUDNN_NUMERICAL_NOTE_TENSOR_CORE = 0,
        CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS = 1,
        CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION = 2,
        CUDNN_NUMERICAL_NOTE_FFT = 3,
        CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC = 4,
        CUDNN_NUMERICAL_NOTE_WINOGRAD = 5,
        CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6 = 7,
        CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13 = 8,
    }

    internal enum cudnnBackendDescriptorType_t
    {
        CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR = 1,
        CUDNN_BACKEND_ENGINE_DESCRIPTOR = 2,
        CUDNN_BACKEND_ENGINECFG_DESCRIPTOR = 3,
        CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR = 4,
        CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR = 5,
        CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR = 10,
        CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR = 11,
        CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR = 12,
        CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR = 15,
        CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR = 16,
        CUDNN_BACKEND_TENSOR_DESCRIPTOR = 17,
    }

    internal enum cudnnBackendAttributeType_t
    {
        CUDNN_TYPE_HANDLE = 0,
        CUDNN_TYPE_DATA_TYPE = 1,
        CUDNN_TYPE_INT64 = 3,
        CUDNN_TYPE_FLOAT = 4,
        CUDNN_TYPE_VOID_PTR = 6,
        CUDNN_TYPE_CONVOLUTION_MODE = 7,
        CUDNN_TYPE_HEUR_MODE = 8,
        CUDNN_TYPE_NUMERICAL_NOTE = 11,
        CUDNN_TYPE_BACKEND_DESCRIPTOR = 15,
    }

    internal enum cudnnBackendAttributeName_t
    {
        CUDNN_ATTR_CONVOLUTION_COMP_TYPE = 100,
        CUDNN_ATTR_CONVOLUTION_CONV_MODE = 101,
        CUDNN_ATTR_CONVOLUTION_DILATIONS = 102,
        CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES = 103,
        CUDNN_ATTR_CONVOLUTION_POST_PADDINGS = 104,
        CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS = 105,
        CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS = 106,
        CUDNN_ATTR_ENGINEHEUR_MODE = 200,
        CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH = 201,
        CUDNN_ATTR_ENGINEHEUR_RESULTS = 202,
        CUDNN_ATTR_ENGINECFG_ENGINE = 300,
        CUDNN_ATTR_EXECUTION_PLAN_HANDLE = 400,
        CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG = 401,
        CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE = 402,
        CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA = 700,
        CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA = 701,
        CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC = 702,
        CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W = 703,
        CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X = 704,
        CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y = 705,
        CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA = 706,
        CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA = 707,
        CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC = 708,
        CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W = 709,
        CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX = 710,
        CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY = 711,
        CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA = 712,
        CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA = 713,
        CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC = 714,
        CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW = 715,
        CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X = 716,
        CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY = 717,
        CUDNN_ATTR_OPERATIONGRAPH_HANDLE = 800,
        CUDNN_ATTR_OPERATIONGRAPH_OPS = 801,
        CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT = 900,
        CUDNN_ATTR_TENSOR_DATA_TYPE = 901,
        CUDNN_ATTR_TENSOR_DIMENSIONS = 902,
        CUDNN_ATTR_TENSOR_STRIDES = 903,
        CUDNN_ATTR_TENSOR_UNIQUE_ID = 906,
        CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS = 1000,
        CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS = 1001,
        CUDNN_ATTR_VARIANT_PACK_WORKSPACE = 1003,
        CUDNN_ATTR_ENGINE_NUMERICAL_NOTE = 1303,
    }

    /// <exception cref="CudaException">The status is not success.</exception>
    internal static void ThrowIfFailed(
        this cudnnStatus_t status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status != cudnnStatus_t.CUDNN_STATUS_SUCCESS)
        {
            throw new CudaException(call, (int)status, NameOf(status), LastMessage());
        }
    }

    /// <returns>The status' name as in the header.</returns>
    internal static string NameOf(cudnnStatus_t status) =>
        Marshal.PtrToStringUTF8(cudnnGetErrorString(status)) ?? "cuDNN error";

    /// <returns>10000 times the major version plus 100 times the minor one plus the patch.</returns>
    [LibraryImport(Library)]
    internal static partial nuint cudnnGetVersion();

    [LibraryImport(Library)]
    internal static partial cudnnStatus_t cudnnCreate(cudnnHandle_t* handle);

    [LibraryImport(Library)]
    internal static partial cudnnStatus_t cudnnDestroy(cudnnHandle_t handle);

    [LibraryImport(Library)]
    internal static partial cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, CudaDriver.CUstream stream);

    [LibraryImport(Library)]
    internal static partial cudnnStatus_t cudnnBackendCreateDescriptor(
        cudnnBackendDescriptorType_t type, cudnnBackendDescriptor_t* descriptor);

    [LibraryImport(Library)]
    internal static partial cudnnStatus_t cudnnBackendDestroyDescriptor(cudnnBackendDescriptor_t descriptor);

    [LibraryImport(Library)]
    internal static partial cudnnStatus_t cudnnBackendFinalize(cudnnBackendDescriptor_t descriptor);

    [LibraryImport(Library)]
    internal static partial cudnnStatus_t cudnnBackendSetAttribute(
        cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
        long count, void* elements);

    /// <param name="descriptor">A finalised descriptor, or an engine's that an earlier call filled in.</param>
    /// <param name="name">The attribute to read.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="wanted">The capacity of <paramref name="elements"/>; 0 to query the count only.</param>
    /// <param name="count">Receives the number of elements that there are.</param>
    /// <param name="elements">Receives the elements; descriptors must be created before, and are filled in.</param>
    [LibraryImport(Library)]
    internal static partial cudnnStatus_t cudnnBackendGetAttribute(
        cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
        long wanted, long* count, void* elements);

    [LibraryImport(Library)]
    internal static partial cudnnStatus_t cudnnBackendExecute(
        cudnnHandle_t handle, cudnnBackendDescriptor_t plan, cudnnBackendDescriptor_t variantPack);

    /// <returns>The library's message on this thread's last failure.</returns>
    private static string LastMessage()
    {
        byte* text = stackalloc byte[LongestMessage];
        text[0] = 0;
        cudnnGetLastErrorString(text, LongestMessage);
        return Marshal.PtrToStringUTF8((nint)text) ?? "";
    }

    [LibraryImport(Library)]
    private static partial nint cudnnGetErrorString(cudnnStatus_t status);

    [LibraryImport(Library)]
    private static partial void cudnnGetLastErrorString(byte* message, nuint size);
}
