using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CudaDriver;

namespace GenKernels.Runtime;

/// <summary>An event in the stream of a GPU.</summary>
internal sealed unsafe class CudaEvent : DeviceEvent
{
    private readonly CudaDevice _device;
    private nint _handle;

    internal CudaEvent(CudaDevice device)
    {
        _device = device;
        CUevent handle;
        cuEventCreate(&handle, 0).ThrowIfFailed();
        _handle = handle.Value;
        Record();
    }

    /// <inheritdoc/>
    public override void Record()
    {
        _device.MakeCurrent();
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        cuEventRecord(new CUevent(_handle), _device.Stream).ThrowIfFailed();
    }

    /// <inheritdoc/>
    public override void Synchronize()
    {
        _device.MakeCurrent();
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        _device.Check(cuEventSynchronize(new CUevent(_handle)));
    }

    /// <inheritdoc/>
    public override TimeSpan Since(DeviceEvent earlier)
    {
        earlier.Synchronize();
        Synchronize();
        float milliseconds;
        CUevent start = new(((CudaEvent)earlier)._handle);
        cuEventElapsedTime(&milliseconds, start, new CUevent(_handle)).ThrowIfFailed();
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0 && _device.TryMakeCurrent()) cuEventDestroy_v2(new CUevent(handle));
        base.Dispose();
    }
}
