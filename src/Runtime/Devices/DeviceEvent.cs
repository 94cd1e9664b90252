namespace GenKernels.Runtime;

/// <summary>A moment in a device's work.</summary>
public abstract class DeviceEvent : IDisposable
{
    /// <summary>Marks the present moment instead of the one before.</summary>
    public abstract void Record();

    /// <summary>Waits until the device has come to this moment.</summary>
    public abstract void Synchronize();

    /// <param name="earlier">An event of the same device.</param>
    /// <returns>The time from <paramref name="earlier"/> to this one, after waiting for both.</returns>
    public abstract TimeSpan Since(DeviceEvent earlier);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
