using System.Diagnostics.CodeAnalysis;

namespace GenKernels.Runtime;

/// <summary>
/// A block of a device's memory that several tensors may view; the last one to let go returns it to the pool.
/// </summary>
internal sealed class DeviceBuffer
{
    private readonly MemoryPool _pool;
    private int _references = 1;

    internal DeviceBuffer(MemoryPool pool, nint address, long capacity, bool isPromised = false)
    {
        _pool = pool;
        (Address, Capacity, IsPromised) = (address, capacity, isPromised);
    }

    /// <summary>Counts a buffer that nobody released; the driver is never called from here.</summary>
    ~DeviceBuffer()
    {
        if (!IsPromised) _pool.CountLeak(this);
    }

    internal nint Address { get; private set; }

    /// <summary>Bytes that the pool took for it.</summary>
    internal long Capacity { get; private set; }

    /// <summary>Whether it has an address but no memory: it was asked for by a step that is recorded.</summary>
    internal bool IsPromised { get; private set; }

    /// <summary>Whether a tensor, or another holder, has not let go yet.</summary>
    internal bool IsHeld => Volatile.Read(ref _references) > 0;

    /// <summary>Whether it was promised memory that it will never have, because the recording failed.</summary>
    internal bool IsLost { get; private set; }

    /// <summary>Takes the promise back.</summary>
    internal void Lose() => IsLost = true;

    /// <summary>Gives a promised buffer its memory.</summary>
    internal void Place(nint address, long capacity) => (Address, Capacity, IsPromised) = (address, capacity, false);

    internal void AddReference() => Interlocked.Increment(ref _references);

    [SuppressMessage("Usage", "CA1816", Justification = "The last release is what Dispose is elsewhere.")]
    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0) return;
        GC.SuppressFinalize(this);
        _pool.Return(this);
    }
}
