using System.Diagnostics.Metrics;

namespace GenKernels.Runtime;

/// <summary>
/// Counts the live buffers of all pools in the process. A buffer counts until its last tensor releases it, even if its
/// device is disposed before.
/// </summary>
internal static class MemoryInstruments
{
    private static readonly UpDownCounter<long> s_buffers = RuntimeMeter.Meter.CreateUpDownCounter<long>(
        RuntimeMeter.LiveBuffers, "{buffer}", "Buffers that tensors hold");

    private static readonly UpDownCounter<long> s_bytes = RuntimeMeter.Meter.CreateUpDownCounter<long>(
        RuntimeMeter.LiveBytes, "By", "Device memory that tensors hold");

    internal static void Count(Device device, long bytes, int buffers)
    {
        if (!s_buffers.Enabled && !s_bytes.Enabled) return;
        KeyValuePair<string, object?> tag = RuntimeMeter.Tag(device);
        s_buffers.Add(buffers, tag);
        s_bytes.Add(bytes, tag);
    }
}
