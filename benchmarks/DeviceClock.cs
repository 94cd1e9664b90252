using GenKernels.Runtime;
using Perfolizer.Horology;

namespace GenKernels.Benchmarks;

/// <summary>
/// A clock that reads the device's events: every reading waits for the work before it, so that a launch counts until it
/// is done.
/// </summary>
internal sealed class DeviceClock(Lazy<Device> device) : IClock
{
    private DeviceEvent? _last;
    private TimeSpan _elapsed;

    public string Title => "device events";

    public bool IsAvailable => true;

    public Frequency Frequency => new(TimeSpan.TicksPerSecond);

    /// <summary>
    /// Adds up short intervals: one since the start would lose digits in the driver's single-precision milliseconds.
    /// </summary>
    public long GetTimestamp()
    {
        DeviceEvent now = device.Value.RecordEvent();
        now.Synchronize();
        if (_last is not null) _elapsed += now.Since(_last);
        _last?.Dispose();
        _last = now;
        return _elapsed.Ticks;
    }
}
