using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GenKernels.Tests.Runtime.Interop;

/// <summary>
/// A library that plays driver, NVRTC and cuBLAS of a GPU of compute capability 9.0, with the signatures of
/// NVIDIA's headers:
/// memory is the process', NVRTC's machine code is the text that it was given, and every kernel is
/// <c>PixelNorm(x, y, rows, channels, epsilon)</c> of floats that writes y = 2 x.
/// </summary>
internal static class PretendedCuda
{
    /// <summary>Holds the path of the library in the process that uses it.</summary>
    internal const string Variable = "GENKERNELS_PRETENDED_CUDA";

    private const string Text = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <functional>
        #include <string>
        #include <vector>
        #define API extern "C"
        static char failing[64], last[4096];
        static int failure;
        static long live;
        static bool capturing;
        static int sharedLimit = 49152, replayed, compiled, launches;
        using Graph = std::vector<std::function<void()>>;
        static Graph captured;
        static void Do(std::function<void()> work) { if (capturing) captured.push_back(work); else work(); }
        static std::string program, options;
        static int Fails(const char* name) { if (strcmp(name, failing)) return 0; failing[0] = 0; return failure; }
        #define CHECK if (int status = Fails(__func__)) return status;
        API void pretend_failure(const char* name, int status) { strcpy(failing, name); failure = status; }
        API const char* pretend_last() { return last; }
        API long pretend_live() { return live; }
        API long pretend_compiled() { return compiled; }
        API long pretend_launches() { return launches; }
        API const char* pretend_options() { return options.c_str(); }
        API int cuInit(unsigned) { CHECK return 0; }
        API int cuDriverGetVersion(int* version) { *version = 13000; return 0; }
        API int cuGetErrorName(int status, const char** text)
        {
            *text = status == 700 ? "CUDA_ERROR_ILLEGAL_ADDRESS" : "CUDA_ERROR_OTHER";
            return 0;
        }
        API int cuGetErrorString(int status, const char** text)
        {
            *text = status == 700 ? "an illegal access" : "another fault";
            return 0;
        }
        API int cuDeviceGetCount(int* count) { *count = 1; return 0; }
        API int cuDeviceGet(int* device, int ordinal) { *device = ordinal; return 0; }
        API int cuDeviceGetName(char* name, int capacity, int) { strncpy(name, "Pretended", capacity); return 0; }
        API int cuDeviceGetAttribute(int* value, int attribute, int)
        {
            const int known[][2] = {{16, 132}, {39, 2048}, {75, 9}, {76, 0}, {97, 232448}, {115, 1}};
            for (auto& pair : known) if (pair[0] == attribute) *value = pair[1];
            return 0;
        }
        API int cuDeviceTotalMem_v2(size_t* bytes, int) { *bytes = 150000000000; return 0; }
        API int cuDevicePrimaryCtxRetain(void** context, int) { *context = (void*)1; live++; return 0; }
        API int cuDevicePrimaryCtxRelease_v2(int) { live--; return 0; }
        API int cuCtxSetCurrent(void* context) { return context == (void*)1 ? 0 : 201; }
        API int cuStreamCreate(void** stream, unsigned flags)
        {
            *stream = (void*)2;
            live++;
            return flags == 1 ? 0 : 1;
        }
        API int cuStreamSynchronize(void* stream) { CHECK return stream != (void*)2 ? 400 : capturing ? 900 : 0; }
        API int cuStreamDestroy_v2(void*) { live--; return 0; }
        API int cuMemAllocAsync(void** address, size_t bytes, void*)
        {
            CHECK
            *address = malloc(bytes);
            live++;
            return 0;
        }
        API int cuMemFreeAsync(void* address, void*) { free(address); live--; return 0; }
        API int cuMemAlloc_v2(void**, size_t) { return 801; }
        API int cuMemFree_v2(void*) { return 801; }
        API int cuMemGetInfo_v2(size_t* available, size_t* total) { *available = 100; *total = 200; return 0; }
        API int cuMemcpyHtoDAsync_v2(void* to, const void* from, size_t bytes, void*)
        {
            memcpy(to, from, bytes);
            return 0;
        }
        API int cuMemcpyDtoHAsync_v2(void* to, const void* from, size_t bytes, void*)
        {
            memcpy(to, from, bytes);
            return 0;
        }
        API int cuMemcpyDtoDAsync_v2(void* to, const void* from, size_t bytes, void*)
        {
            Do([=] { memcpy(to, from, bytes); });
            return 0;
        }
        API int cuMemsetD8Async(void* to, unsigned char value, size_t bytes, void*)
        {
            Do([=] { memset(to, value, bytes); });
            return 0;
        }
        API int cuModuleLoadDataEx(void** module, const void* image, unsigned count, int* names, void** values)
        {
            if (count == 2 && names[0] == 5 && names[1] == 6)
                snprintf((char*)values[0], (size_t)values[1], "no such architecture");
            CHECK
            *module = (void*)3;
            live++;
            return strstr((const char*)image, "#define Scalar float") ? 0 : 209;
        }
        API int cuModuleUnload(void*) { live--; return 0; }
        API int cuModuleGetFunction(void** function, void*, const char*) { CHECK *function = (void*)4; return 0; }
        API int cuFuncGetAttribute(int* value, int attribute, void*)
        {
            *value = attribute == 8 ? sharedLimit : attribute == 4 ? 40 : attribute == 3 ? 16 : 1024;
            return 0;
        }
        API int cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, void*, int block, size_t)
        {
            *blocks = 1024 / block;
            return 0;
        }
        API int cuFuncSetAttribute(void*, int attribute, int value)
        {
            if (attribute != 8 || value > 232448) return 1;
            sharedLimit = value;
            return 0;
        }
        API int cuFuncGetParamInfo(void*, size_t index, size_t* offset, size_t* size)
        {
            const size_t sizes[] = {8, 8, 4, 4, 4}, offsets[] = {0, 8, 16, 20, 24};
            if (index >= 5) return 1;
            *offset = offsets[index];
            *size = sizes[index];
            return 0;
        }
        API int cuLaunchKernel(void* function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
            unsigned blockY, unsigned blockZ, unsigned shared, void* stream, void** values, void** extra)
        {
            CHECK
            if (function != (void*)4 || stream != (void*)2 || extra || (int)shared > sharedLimit) return 1;
            const float* x = *(const float**)values[0];
            float* y = *(float**)values[1];
            const int rows = *(int*)values[2], channels = *(int*)values[3];
            launches += !capturing;
            snprintf(last, sizeof last, "%u %u %u, %u %u %u, %u: %d %d %g", gridX, gridY, gridZ, blockX, blockY,
                blockZ, shared, rows, channels, *(float*)values[4]);
            Do([=] { for (int i = 0; i < rows * channels; i++) y[i] = 2 * x[i]; });
            return 0;
        }
        API int cuEventCreate(void** event, unsigned) { *event = malloc(1); live++; return 0; }
        API int cuEventRecord(void*, void*) { return 0; }
        API int cuEventSynchronize(void*) { return 0; }
        API int cuEventElapsedTime(float* milliseconds, void*, void*) { *milliseconds = 1.5f; return 0; }
        API int cuEventDestroy_v2(void* event) { free(event); live--; return 0; }
        API int cuStreamBeginCapture_v2(void*, int mode)
        {
            capturing = true;
            captured.clear();
            return mode == 1 ? 0 : 1;
        }
        API int cuStreamEndCapture(void*, void** graph) { capturing = false; *graph = (void*)5; live++; return 0; }
        API int cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long flags)
        {
            CHECK
            *executable = new Graph(captured);
            replayed = 0;
            live++;
            return graph == (void*)5 && flags == 0 ? 0 : 1;
        }
        API int cuGraphLaunch(void* executable, void*)
        {
            launches++;
            for (auto& work : *(Graph*)executable) work();
            replayed += ((Graph*)executable)->size();
            snprintf(last, sizeof last, "replayed %d", replayed);
            return 0;
        }
        API int cuGraphExecDestroy(void* executable) { delete (Graph*)executable; live--; return 0; }
        API int cuGraphDestroy(void*) { live--; return 0; }

        API const char* nvrtcGetErrorString(int status)
        {
            return status == 7 ? "NVRTC_ERROR_BUILTIN_OPERATION_FAILURE" : "NVRTC_ERROR_OTHER";
        }
        API int nvrtcVersion(int* major, int* minor) { *major = 13; *minor = 0; return 0; }
        API int nvrtcGetNumSupportedArchs(int* count) { *count = 3; return 0; }
        API int nvrtcGetSupportedArchs(int* architectures)
        {
            architectures[0] = 80;
            architectures[1] = 90;
            architectures[2] = 100;
            return 0;
        }
        API int nvrtcCreateProgram(
            void** handle, const char* text, const char*, int headers, const char**, const char**)
        {
            *handle = (void*)7;
            program = text;
            live++;
            return headers ? 3 : 0;
        }
        API int nvrtcCompileProgram(void*, int count, const char** names)
        {
            CHECK
            compiled++;
            options = "";
            for (int i = 0; i < count; i++) options += std::string(names[i]) + " ";
            return 0;
        }
        static const char log_[] = "Normalization/PixelNorm.cu(12): error: identifier is undefined";
        API int nvrtcGetProgramLogSize(void*, size_t* bytes) { *bytes = sizeof log_; return 0; }
        API int nvrtcGetProgramLog(void*, char* text) { memcpy(text, log_, sizeof log_); return 0; }
        API int nvrtcGetCUBINSize(void*, size_t* bytes) { *bytes = program.size() + 1; return 0; }
        API int nvrtcGetCUBIN(void*, char* code) { memcpy(code, program.c_str(), program.size() + 1); return 0; }
        API int nvrtcGetPTXSize(void*, size_t* bytes) { *bytes = options.size() + 1; return 0; }
        API int nvrtcGetPTX(void*, char* text) { memcpy(text, options.c_str(), options.size() + 1); return 0; }
        API int nvrtcDestroyProgram(void** handle) { *handle = 0; live--; return 0; }

        static std::string ranges;
        API int nvtxRangePushA(const char* name) { ranges += std::string("(") + name; return 0; }
        API int nvtxRangePop() { ranges += ")"; return 0; }
        API const char* pretend_ranges() { return ranges.c_str(); }
        API const char* cublasGetStatusName(int) { return "CUBLAS_STATUS_OTHER"; }
        API const char* cublasGetStatusString(int) { return "another fault"; }
        API int cublasCreate_v2(void** handle) { *handle = (void*)8; live++; return 0; }
        API int cublasDestroy_v2(void*) { live--; return 0; }
        API int cublasSetStream_v2(void*, void* stream) { return stream == (void*)2 ? 0 : 7; }
        API int cublasSetMathMode(void*, int mode) { return mode == 16 ? 0 : 7; }
        API int cublasSetWorkspace_v2(void*, void* workspace, size_t bytes)
        {
            memset(workspace, 0, bytes);
            return 0;
        }
        API int cublasGemmStridedBatchedEx(void*, int transA, int transB, int m, int n, int k, const void* alpha,
            const void* a, int typeA, int lda, long long strideA, const void* b, int typeB, int ldb, long long strideB,
            const void* beta, void* c, int typeC, int ldc, long long strideC, int batch, int compute, int algorithm)
        {
            CHECK
            if (typeA != 1 || typeB != 1 || typeC != 1 || compute != 70 || algorithm != -1) return 15;
            const double factor = *(double*)alpha, share = *(double*)beta;
            Do([=] {
                for (int s = 0; s < batch; s++) for (int i = 0; i < m; i++) for (int j = 0; j < n; j++) {
                    double sum = 0, *C = (double*)c + s * strideC + i + (long)j * ldc;
                    const double *A = (const double*)a + s * strideA, *B = (const double*)b + s * strideB;
                    for (int l = 0; l < k; l++)
                        sum += A[transA ? l + i * lda : i + l * lda] * B[transB ? j + l * ldb : l + j * ldb];
                    *C = factor * sum + share * *C;
                }
            });
            return 0;
        }
        """;

    /// <returns>The path of the library, compiled into a folder.</returns>
    internal static string Build(string compiler, string folder)
    {
        string source = Path.Combine(folder, "pretended.cpp");
        string library = Path.Combine(folder, "libpretended.so");
        File.WriteAllText(source, Text);
        ProcessStartInfo start = new(compiler, ["-std=c++20", "-O1", "-w", "-fPIC", "-shared", "-o", library, source]);
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero);
        return library;
    }

    /// <summary>Makes the next call of a function return a status.</summary>
    internal static void Fail(string function, int status) => Get<Failure>("pretend_failure")(function, status);

    /// <returns>Grid, block, shared bytes and numbers of the last launch.</returns>
    internal static string LastLaunch() => Marshal.PtrToStringUTF8(Get<Pointer>("pretend_last")())!;

    /// <returns>The ranges of NVTX: a bracket and a name where one begins, a bracket where it ends.</returns>
    internal static string Ranges() => Marshal.PtrToStringUTF8(Get<Pointer>("pretend_ranges")())!;

    /// <returns>The options of the last compilation.</returns>
    internal static string Options() => Marshal.PtrToStringUTF8(Get<Pointer>("pretend_options")())!;

    /// <returns>
    /// What was made and not yet destroyed: contexts, streams, memory, modules, events, programs, graphs, handles.
    /// </returns>
    internal static long Live() => Get<Count>("pretend_live")();

    /// <returns>Launches of kernels and of graphs since the start; not those within a graph.</returns>
    internal static int Launches() => (int)Get<Count>("pretend_launches")();

    /// <returns>Compilations since the start.</returns>
    internal static int Compiled() => (int)Get<Count>("pretend_compiled")();

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
