using System.Diagnostics.CodeAnalysis;

namespace GenKernels.Runtime;

/// <summary>
/// A block of a device's memory that several tensors may view; the last one to let go returns it to the pool.
/// </summary>
internal sealed class DeviceBuffer
{
    private readonly MemoryPool _pool;
    private int _references = 1;

    internal DeviceBuffer(MemoryPool pool, nint address, long capacity)
    {
        _pool = pool;
        Address = address;
        Capacity = capacity;
    }

    /// <summary>Counts a buffer that nobody released; the driver is never called from here.</summary>
    ~DeviceBuffer() => _pool.CountLeak(this);

    internal nint Address { get; }

    /// <summary>Bytes that the pool took for it.</summary>
    internal long Capacity { get; }

    internal void AddReference() => Interlocked.Increment(ref _references);

    [SuppressMessage("Usage", "CA1816", Justification = "The last release is what Dispose is elsewhere.")]
    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0) return;
        GC.SuppressFinalize(this);
        _pool.Return(this);
    }
}
