namespace GenKernels.Runtime;

/// <summary>
/// The memory of the temporary buffers of recorded steps. Steps that never run at the same time, such as those of a
/// generator and its discriminator, can share one, which is as large as the largest of them needs.
/// </summary>
/// <remarks>
/// Only one thread at a time may replay its steps; a second one gets a <see cref="RecordingException"/>.
/// </remarks>
public sealed class StepArena : IDisposable
{
    private const string Label = "arena of recorded steps";
    private readonly Device _device;
    private int _isBusy;
    private bool _isDisposed;

    /// <param name="device">The device whose memory it takes.</param>
    public StepArena(Device device) => _device = device;

    /// <summary>Its size in bytes; 0 until the first replay.</summary>
    public long Bytes => Buffer?.Capacity ?? 0;

    /// <summary>The memory; replaced when the arena grows.</summary>
    internal DeviceBuffer? Buffer { get; private set; }

    /// <summary>Releases the memory; the arena's steps cannot be replayed afterwards.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Buffer?.Release();
        Buffer = null;
    }

    /// <summary>
    /// Locks the arena for one replay, until <see cref="Leave"/>, and grows it where it is too small.
    /// </summary>
    /// <exception cref="RecordingException">Another thread is replaying a step.</exception>
    /// <exception cref="OutOfDeviceMemoryException">The device has no room for it.</exception>
    internal void Enter(long bytes)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Interlocked.Exchange(ref _isBusy, 1) != 0)
        {
            throw new RecordingException(
                $"{_device}: another thread is replaying a step of the same arena; its steps run one at a time");
        }

        if (bytes <= Bytes) return;
        try
        {
            Buffer?.Release();
            Buffer = null;
            _device.Memory.Trim();
            Buffer = _device.Memory.RentWhole(bytes, Label);
        }
        catch
        {
            Leave();
            throw;
        }
    }

    internal void Leave() => Volatile.Write(ref _isBusy, 0);
}
