namespace GenKernels.Runtime.Interop;

// Handles and those enum values that are used, named as in cuda.h.
internal static partial class CudaDriver
{
    internal readonly record struct CUcontext(nint Value);

    internal readonly record struct CUstream(nint Value);

    internal readonly record struct CUmodule(nint Value);

    internal readonly record struct CUfunction(nint Value);

    internal readonly record struct CUevent(nint Value);

    internal readonly record struct CUgraph(nint Value);

    internal readonly record struct CUgraphExec(nint Value);

    /// <summary>The statuses that the code distinguishes; the driver names the others.</summary>
    internal enum CUresult
    {
        CUDA_SUCCESS = 0,
        CUDA_ERROR_INVALID_VALUE = 1,
        CUDA_ERROR_OUT_OF_MEMORY = 2,
        CUDA_ERROR_NO_DEVICE = 100,
        CUDA_ERROR_ILLEGAL_ADDRESS = 700,
    }

    internal enum CUdevice_attribute
    {
        MULTIPROCESSOR_COUNT = 16,
        MAX_THREADS_PER_MULTIPROCESSOR = 39,
        COMPUTE_CAPABILITY_MAJOR = 75,
        COMPUTE_CAPABILITY_MINOR = 76,
        MAX_SHARED_MEMORY_PER_BLOCK_OPTIN = 97,
        MEMORY_POOLS_SUPPORTED = 115,
    }

    internal enum CUfunction_attribute
    {
        SHARED_SIZE_BYTES = 1,
        LOCAL_SIZE_BYTES = 3,
        NUM_REGS = 4,
        MAX_DYNAMIC_SHARED_SIZE_BYTES = 8,
    }

    internal enum CUjit_option
    {
        ERROR_LOG_BUFFER = 5,
        ERROR_LOG_BUFFER_SIZE_BYTES = 6,
    }

    internal enum CUstream_flags : uint
    {
        NON_BLOCKING = 1,
    }

    internal enum CUstreamCaptureMode
    {
        THREAD_LOCAL = 1,
    }

    internal enum CUtensorMapDataType
    {
        CU_TENSOR_MAP_DATA_TYPE_FLOAT16 = 6,
        CU_TENSOR_MAP_DATA_TYPE_BFLOAT16 = 9,
    }

    internal enum CUtensorMapInterleave
    {
        CU_TENSOR_MAP_INTERLEAVE_NONE = 0,
    }

    internal enum CUtensorMapSwizzle
    {
        CU_TENSOR_MAP_SWIZZLE_128B = 3,
    }

    internal enum CUtensorMapL2promotion
    {
        CU_TENSOR_MAP_L2_PROMOTION_L2_256B = 3,
    }

    internal enum CUtensorMapFloatOOBfill
    {
        CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE = 0,
    }
}
