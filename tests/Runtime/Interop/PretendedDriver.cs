namespace GenKernels.Tests.Runtime.Interop;

/// <summary>
/// The part of <see cref="PretendedCuda"/> that acts as driver, NVRTC and NVTX: device memory is memory of the process,
/// and machine code is the text that NVRTC was given. It knows two kernels:
/// <c>PixelNorm(x, y, rows, channels, epsilon)</c> of floats, which writes y = 2 x, and <c>SplitKReduction</c>, with
/// scale, bias and gain only.
/// </summary>
internal static class PretendedDriver
{
    internal const string Text = """
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
        static thread_local bool capturing;
        static uintptr_t streams = 1;
        static void* capturedStream;  // the last one: for captures and nothing else
        static bool IsStream(void* stream)
        {
            return (uintptr_t)stream > 1 && (uintptr_t)stream <= streams && capturing == (stream == capturedStream);
        }
        static int sharedLimit = 49152, replayed, compiled, launches, waits;
        using Graph = std::vector<std::function<void()>>;
        static Graph captured;
        static Graph uploads;  // that have not begun: their sources are read as late as a driver may read them
        static void Flush() { for (auto& upload : uploads) upload(); uploads.clear(); }
        static void Do(std::function<void()> work)
        {
            if (capturing) return captured.push_back(work);
            Flush();
            work();
        }
        static std::string program, options;
        static int Fails(const char* name) { if (strcmp(name, failing)) return 0; failing[0] = 0; return failure; }
        #define CHECK if (int status = Fails(__func__)) return status;
        API void pretend_failure(const char* name, int status) { strcpy(failing, name); failure = status; }
        API const char* pretend_last() { return last; }
        API long pretend_live() { return live; }
        API long pretend_compiled() { return compiled; }
        API long pretend_launches() { return launches; }
        API long pretend_waits() { return waits; }
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
            *stream = (void*)++streams;
            live++;
            return flags == 1 ? 0 : 1;
        }
        API int cuStreamSynchronize(void* stream)
        {
            CHECK
            waits++;
            Flush();
            return !IsStream(stream) ? 400 : capturing ? 900 : 0;
        }
        API int cuStreamDestroy_v2(void*) { live--; return 0; }
        API int cuMemAllocAsync(void** address, size_t bytes, void*)
        {
            CHECK
            *address = aligned_alloc(256, (bytes + 255) / 256 * 256);  // as the driver does
            live++;
            return 0;
        }
        API int cuMemFreeAsync(void* address, void*) { Flush(); free(address); live--; return 0; }
        API int cuMemAlloc_v2(void**, size_t) { return 801; }
        API int cuMemFree_v2(void*) { return 801; }
        API int cuMemGetInfo_v2(size_t* available, size_t* total) { *available = 100; *total = 200; return 0; }
        API int cuMemHostAlloc(void** memory, size_t bytes, unsigned) { *memory = malloc(bytes); live++; return 0; }
        API int cuMemFreeHost(void* memory) { free(memory); live--; return 0; }
        API int cuMemcpyHtoDAsync_v2(void* to, const void* from, size_t bytes, void*)
        {
            uploads.push_back([=] { memcpy(to, from, bytes); });
            return 0;
        }
        API int cuMemcpyDtoHAsync_v2(void* to, const void* from, size_t bytes, void*)
        {
            Flush();
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
            const char* types[] = {"float", "double", "Half", "BFloat16"};
            live++;
            for (int kind = 0; kind < 4; kind++) {
                const std::string line = std::string("#define Scalar ") + types[kind] + "\n";
                if (!strstr((const char*)image, line.c_str())) continue;
                *module = (void*)(uintptr_t)(100 + kind);
                return 0;
            }
            return 209;
        }
        API int cuModuleUnload(void*) { live--; return 0; }
        static bool IsJoin(void* function) { return (uintptr_t)function >= 200; }
        API int cuModuleGetFunction(void** function, void* module, const char* name)
        {
            CHECK
            *function = strcmp(name, "SplitKReduction") ? (void*)4 : (char*)module + 100;
            return 0;
        }
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
        API int cuFuncGetParamInfo(void* function, size_t index, size_t* offset, size_t* size)
        {
            const size_t sizes[] = {8, 8, 4, 4, 4}, ofJoin[] = {8, 8, 8, 8, 8, 8, 28, 32, 4};
            if (index >= (IsJoin(function) ? 9 : 5)) return 1;
            *offset = 0;
            *size = IsJoin(function) ? ofJoin[index] : sizes[index];
            return 0;
        }
        struct Epilogue { int function; float slope, gain, lower, limit, scale; int factorRows; };
        struct Tiling { long long rows; int length; };
        static int Join(Kind kind, void** values)
        {
            void* parts = *(void**)values[0];
            void* bias = *(void**)values[3];
            void* y = *(void**)values[5];
            const Epilogue epilogue = *(Epilogue*)values[6];
            const Tiling tiling = *(Tiling*)values[7];
            const int count = *(int*)values[8];
            if (epilogue.function || *(void**)values[1] || *(void**)values[2] || *(void**)values[4]) return 1;
            Do([=] {
                for (long long i = 0; i < tiling.rows * tiling.length; i++) {
                    double sum = 0;
                    for (int s = 0; s < count; s++)
                        sum += Load(parts, s * tiling.rows * tiling.length + i, kind == Double ? Double : Single);
                    sum = epilogue.scale * sum + (bias ? Load(bias, i % tiling.length, kind) : 0);
                    Store(y, i, kind, epilogue.gain * sum);
                }
            });
            return 0;
        }
        API int cuLaunchKernel(void* function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
            unsigned blockY, unsigned blockZ, unsigned shared, void* stream, void** values, void** extra)
        {
            CHECK
            if (IsJoin(function)) return Join((Kind)((uintptr_t)function - 200), values);
            if (function != (void*)4 || !IsStream(stream) || extra || (int)shared > sharedLimit) return 1;
            const float* x = *(const float**)values[0];
            float* y = *(float**)values[1];
            const int rows = *(int*)values[2], channels = *(int*)values[3];
            launches += !capturing;
            snprintf(last, sizeof last, "%u %u %u, %u %u %u, %u: %d %d %g", gridX, gridY, gridZ, blockX, blockY,
                blockZ, shared, rows, channels, *(float*)values[4]);
            Do([=] { for (int i = 0; i < rows * channels; i++) y[i] = 2 * x[i]; });
            return 0;
        }
        API int cuTensorMapEncodeTiled(void) { return 0; }
        API int cuTensorMapEncodeIm2col(void) { return 0; }
        API int cuEventCreate(void** event, unsigned) { *event = malloc(1); live++; return 0; }
        API int cuEventRecord(void*, void*) { return 0; }
        API int cuEventSynchronize(void*) { return 0; }
        API int cuEventElapsedTime(float* milliseconds, void*, void*) { *milliseconds = 1.5f; return 0; }
        API int cuEventDestroy_v2(void* event) { free(event); live--; return 0; }
        API int cuStreamBeginCapture_v2(void* stream, int mode)
        {
            CHECK
            capturedStream = stream;
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
            Flush();
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
        """;
}
