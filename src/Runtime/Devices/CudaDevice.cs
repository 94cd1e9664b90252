using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CudaDriver;

namespace GenKernels.Runtime;

/// <summary>
/// An NVIDIA GPU through the driver API: its primary context, which other libraries in the process share, and one
/// stream. NVRTC compiles kernels for it when they are first needed.
/// </summary>
public sealed unsafe partial class CudaDevice : Device
{
    /// <summary>The oldest compute capability that the kernels are written for, as 10 times major plus minor.</summary>
    public const int OldestCapability = 80;

    private const int NameCapacity = 256;
    private const int LogCapacity = 8192;
    private readonly CudaGpu _gpu;
    private readonly int _device;
    private readonly CUcontext _context;
    private readonly NvrtcCompiler _compiler;
    private readonly Lazy<CudaBlasLt> _blas;
    private readonly Lazy<CudaDnn> _dnn;
    private readonly ConcurrentBag<CUmodule> _modules = [];
    private readonly ConcurrentDictionary<nint, int> _sharedLimits = new();
    private readonly CudaLaunchRecord _lastLaunch = new();
    private readonly CudaUploads _uploads;
    private readonly bool _synchronous = Environment.GetEnvironmentVariable("GENKERNELS_SYNCHRONOUS") == "1";
    private readonly CUstream _stream;
    private int _released;

    /// <param name="ordinal">
    /// The GPU's number, from 0, in the driver's order (<c>CUDA_VISIBLE_DEVICES</c> applies).
    /// </param>
    /// <param name="cache">Where compiled kernels are kept; the user's cache folder by default.</param>
    /// <exception cref="DeviceUnavailableException">There is no driver, no such GPU, or the GPU is too old.</exception>
    public CudaDevice(int ordinal = 0, KernelCache? cache = null)
        : base(cache)
    {
        IReadOnlyList<CudaGpu> gpus = Enumerate(out string? reason);
        if (reason is not null) throw new DeviceUnavailableException($"cuda:{ordinal}: {reason}");
        if (ordinal < 0 || ordinal >= gpus.Count)
        {
            string last = $"cuda:{gpus.Count - 1}";
            throw new DeviceUnavailableException($"cuda:{ordinal}: the NVIDIA driver lists cuda:0 to {last}");
        }

        _gpu = gpus[ordinal];
        if (_gpu.Capability < OldestCapability)
        {
            throw new DeviceUnavailableException(
                $"cuda:{ordinal}: compute capability 8.0 or higher is required, this is {_gpu}");
        }

        _compiler = new NvrtcCompiler(Cache, _gpu.Capability);
        _blas = new Lazy<CudaBlasLt>(() => new CudaBlasLt(this));
        _dnn = new Lazy<CudaDnn>(() => new CudaDnn(this));
        _device = Handle(ordinal);
        CUcontext context;
        cuDevicePrimaryCtxRetain(&context, _device).ThrowIfFailed();
        _context = context;
        cuCtxSetCurrent(context).ThrowIfFailed();
        CUstream stream;
        cuStreamCreate(&stream, CUstream_flags.NON_BLOCKING).ThrowIfFailed();
        _stream = stream;
        _uploads = new CudaUploads(this);
    }

    /// <inheritdoc/>
    public override string Name => $"cuda:{_gpu.Ordinal}";

    /// <inheritdoc/>
    public override DeviceKind Kind => DeviceKind.Cuda;

    /// <inheritdoc/>
    public override string Description => $"{_gpu}, {VersionText}, {_compiler.Description}";

    /// <inheritdoc/>
    public override int WarpSize => 32;

    /// <inheritdoc/>
    /// <remarks>False with an NVRTC older than the GPU, which compiles for an earlier architecture.</remarks>
    public override bool HasWarpgroupProducts => _compiler.CompilesFor("sm_90a");

    /// <inheritdoc/>
    public override int ProcessorCount => _gpu.ProcessorCount;

    /// <inheritdoc/>
    public override int SharedBytesPerBlock => _gpu.SharedBytesPerBlock;

    /// <summary>The GPU's properties, from the driver.</summary>
    public CudaGpu Gpu => _gpu;

    /// <summary>Matrix products by cuBLASLt; opened when first needed.</summary>
    /// <exception cref="LibraryNotFoundException">cuBLASLt was not found.</exception>
    internal CudaBlasLt Blas => _blas.Value;

    /// <summary>Convolutions by cuDNN; opened when first needed.</summary>
    /// <exception cref="LibraryNotFoundException">cuDNN was not found.</exception>
    internal CudaDnn Dnn => _dnn.Value;

    /// <summary>
    /// The stream that the calling thread enqueues to: the device's, or the one that the thread captures.
    /// </summary>
    internal CUstream Stream => _capture.Value is { Value: not 0 } capture ? capture : _stream;

    internal override string TuningTarget =>
        $"{_gpu}, {_compiler.Description}{Named("cuBLASLt", NativeLibraries.CuBlasLt)}"
        + Named("cuDNN", NativeLibraries.CuDnn);

    /// <returns>The GPUs that the driver lists, in its order.</returns>
    /// <param name="reason">Why there is none, or null where there is one.</param>
    public static IReadOnlyList<CudaGpu> Enumerate(out string? reason)
    {
        reason = NativeLibraries.Cuda.IsFound ? null : NativeLibraries.Cuda.Report;
        if (reason is not null) return [];
        try
        {
            cuInit(0).ThrowIfFailed();
            int count;
            cuDeviceGetCount(&count).ThrowIfFailed();
            if (count == 0) reason = "the NVIDIA driver lists no GPU";
            return [.. Enumerable.Range(0, count).Select(Read)];
        }
        catch (CudaException exception)
        {
            reason = exception.Message;
            return [];
        }
    }

    /// <summary>The memory of the GPU in bytes: free at present, counting all processes, and in total.</summary>
    public (long Free, long Total) MemoryInformation()
    {
        MakeCurrent();
        nuint free, total;
        cuMemGetInfo_v2(&free, &total).ThrowIfFailed();
        return ((long)free, (long)total);
    }

    /// <inheritdoc/>
    public override DeviceEvent RecordEvent()
    {
        MakeCurrent();
        return new CudaEvent(this);
    }

    /// <summary>
    /// Makes the GPU's context current on the calling thread; other libraries may have changed it since.
    /// </summary>
    internal void MakeCurrent()
    {
        ObjectDisposedException.ThrowIf(_released != 0, this);
        cuCtxSetCurrent(_context).ThrowIfFailed();
    }

    /// <returns>
    /// Whether the context could be made current; once the device is disposed there is nothing left to free.
    /// </returns>
    internal bool TryMakeCurrent() => _released == 0 && cuCtxSetCurrent(_context) == CUresult.CUDA_SUCCESS;

    private static string Named(string name, NativeLibraryLocator library) =>
        library.IsFound ? $", {name} {library.Version}" : "";

    private static int Handle(int ordinal)
    {
        int device;
        cuDeviceGet(&device, ordinal).ThrowIfFailed();
        return device;
    }

    private static CudaGpu Read(int ordinal)
    {
        int device = Handle(ordinal);
        byte* name = stackalloc byte[NameCapacity];
        cuDeviceGetName(name, NameCapacity, device).ThrowIfFailed();
        nuint bytes;
        cuDeviceTotalMem_v2(&bytes, device).ThrowIfFailed();
        int major = Attribute(CUdevice_attribute.COMPUTE_CAPABILITY_MAJOR);
        return new CudaGpu(
            ordinal,
            Marshal.PtrToStringUTF8((nint)name) ?? "",
            (long)bytes,
            10 * major + Attribute(CUdevice_attribute.COMPUTE_CAPABILITY_MINOR),
            Attribute(CUdevice_attribute.MULTIPROCESSOR_COUNT),
            Attribute(CUdevice_attribute.MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
            Attribute(CUdevice_attribute.MEMORY_POOLS_SUPPORTED) != 0);

        int Attribute(CUdevice_attribute attribute)
        {
            int value;
            cuDeviceGetAttribute(&value, attribute, device).ThrowIfFailed();
            return value;
        }
    }

    private protected override void DisposeCore()
    {
        if (_dnn.IsValueCreated) _dnn.Value.Dispose();
        if (_blas.IsValueCreated) _blas.Value.Dispose();
        bool isCurrent = TryMakeCurrent();
        if (Interlocked.Exchange(ref _released, 1) != 0) return;

        // Statuses are ignored: after a failed kernel every call fails, and the context frees everything anyway.
        if (isCurrent)
        {
            cuStreamSynchronize(_stream);
            _uploads.Dispose();
            foreach (CUmodule module in _modules) cuModuleUnload(module);
            cuStreamDestroy_v2(_stream);
        }

        _capture.Dispose();
        _capturedLaunches.Dispose();
        cuDevicePrimaryCtxRelease_v2(_device);
    }
}
