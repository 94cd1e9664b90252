using System.Diagnostics.CodeAnalysis;

namespace GenKernels.Runtime;

/// <summary>
/// A reference-counted block of device memory that several tensors may view; the last release returns it to the pool.
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

    /// <summary>
    /// Counts the leak of a buffer that was never released; the driver is never called from a finalizer.
    /// </summary>
    ~DeviceBuffer()
    {
        if (!IsPromised) _pool.CountLeak(this);
    }

    internal nint Address { get; private set; }

    /// <summary>The size of the block in bytes; of a promised buffer the size that was asked for.</summary>
    internal long Capacity { get; private set; }

    /// <summary>
    /// Whether it has a placeholder address and no memory yet, because a step that is being recorded asked for it.
    /// </summary>
    internal bool IsPromised { get; private set; }

    /// <summary>Whether a tensor, or another holder, still references it.</summary>
    internal bool IsHeld => Volatile.Read(ref _references) > 0;

    /// <summary>Whether its promised memory will never come, because the recording failed.</summary>
    internal bool IsLost { get; private set; }

    /// <summary>Sets <see cref="IsLost"/>.</summary>
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
