using System.Diagnostics.Metrics;

namespace GenKernels.Tests.Support;

/// <summary>Counts the device buffers that tensors of the whole process hold now, on all devices.</summary>
internal static class BufferCensus
{
    private static readonly Lock s_lock = new();
    private static readonly SortedDictionary<string, long> s_buffers = new(StringComparer.Ordinal);
    private static readonly MeterListener s_listener = new();

    static BufferCensus()
    {
        s_listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == RuntimeMeter.LiveBuffers) listener.EnableMeasurementEvents(instrument);
        };
        s_listener.SetMeasurementEventCallback<long>(Count);
        s_listener.Start();
    }

    /// <returns>The number of buffers by device name.</returns>
    public static IReadOnlyDictionary<string, long> Take()
    {
        lock (s_lock) return s_buffers.ToDictionary();
    }

    /// <returns>How many buffers were added on each device, as text; null for none.</returns>
    public static string? Grown(IReadOnlyDictionary<string, long> before)
    {
        string[] grown =
        [
            .. from device in Take()
               let count = device.Value - before.GetValueOrDefault(device.Key)
               where count > 0
               select $"{count} on {device.Key}",
        ];
        return grown.Length == 0 ? null : string.Join(", ", grown);
    }

    private static void Count(
        Instrument instrument, long change, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        string device = (string)tags[0].Value!;
        lock (s_lock) s_buffers[device] = s_buffers.GetValueOrDefault(device) + change;
    }
}
