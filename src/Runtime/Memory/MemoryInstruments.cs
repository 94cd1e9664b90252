using System.Diagnostics.Metrics;

namespace GenKernels.Runtime;

/// <summary>
/// What all pools of the process hold in tensors, for whoever listens (<c>dotnet-counters</c>, OpenTelemetry, a test):
/// the meter <c>GenKernels.Runtime</c>. A buffer counts until its last tensor lets go, whatever becomes of its device.
/// </summary>
internal static class MemoryInstruments
{
    internal const string MeterName = "GenKernels.Runtime";
    internal const string BuffersName = "genkernels.memory.live_buffers";
    internal const string BytesName = "genkernels.memory.live_bytes";

    private static readonly Meter s_meter = new(MeterName);

    private static readonly UpDownCounter<long> s_buffers =
        s_meter.CreateUpDownCounter<long>(BuffersName, "{buffer}", "Buffers that tensors hold");

    private static readonly UpDownCounter<long> s_bytes =
        s_meter.CreateUpDownCounter<long>(BytesName, "By", "Device memory that tensors hold");

    internal static void Count(Device device, long bytes, int buffers)
    {
        if (!s_buffers.Enabled && !s_bytes.Enabled) return;
        KeyValuePair<string, object?> tag = new("device", device.Name);
        s_buffers.Add(buffers, tag);
        s_bytes.Add(bytes, tag);
    }
}
