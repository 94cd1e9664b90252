namespace GenKernels.Runtime;

/// <summary>
/// The memory in which recorded steps keep what they need only in their middle. Steps that never run at the same time,
/// such as those of a generator and of its discriminator, share one: it is as large as the largest of them needs.
/// </summary>
/// <remarks>Its steps are replayed by one thread at a time; a second one that comes meanwhile is refused.</remarks>
public sealed class StepArena : IDisposable
{
    private const string Label = "arena of recorded steps";
    private readonly Device _device;
    private int _isBusy;
    private bool _isDisposed;

    /// <param name="device">Whose memory it is.</param>
    public StepArena(Device device) => _device = device;

    /// <summary>Its size in bytes; 0 until the first replay.</summary>
    public long Bytes => Buffer?.Capacity ?? 0;

    /// <summary>The memory; another one after it grew.</summary>
    internal DeviceBuffer? Buffer { get; private set; }

    /// <summary>Gives the memory back; the steps that lie there cannot be replayed any more.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Buffer?.Release();
        Buffer = null;
    }

    /// <summary>Takes the arena for one replay, large enough; <see cref="Leave"/> gives it back.</summary>
    /// <exception cref="RecordingException">Another thread has it.</exception>
    /// <exception cref="OutOfDeviceMemoryException">There is no room.</exception>
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
