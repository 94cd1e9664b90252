namespace GenKernels.Runtime;

/// <summary>A point in a device's stream of work, to take times from.</summary>
public abstract class DeviceEvent : IDisposable
{
    /// <summary>Moves the event to the end of the work enqueued so far.</summary>
    public abstract void Record();

    /// <summary>Waits until the device has reached the event.</summary>
    public abstract void Synchronize();

    /// <param name="earlier">An event of the same device.</param>
    /// <returns>The time from <paramref name="earlier"/> to this event, after waiting for both.</returns>
    public abstract TimeSpan Since(DeviceEvent earlier);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
