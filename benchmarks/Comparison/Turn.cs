using System.Diagnostics;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Comparison;

/// <summary>Times our side like the peer's <c>timing.py</c> times its own: the median of samples over a short time,
/// each until the device is done; a single sample if one call takes longer than that.</summary>
internal sealed class Turn
{
    /// <summary>Length of a sample: shorter calls are timed several at a time.</summary>
    internal const double SampleSeconds = 1e-3;

    private readonly TimeSpan _while = Pace.Current.Turn;
    private readonly Action _call;
    private readonly int _work;
    private readonly int _count;
    private long _calls;
    private long _allocated;

    /// <param name="call">The call to time; warmed up here.</param>
    /// <param name="work">Number of times that one call does the timed work.</param>
    internal Turn(Action call, int work = 1)
    {
        (_call, _work) = (call, work);
        Sample(1);
        Seconds = Math.Max(1e-9, Sample(1));
        _count = (int)Math.Max(1, Math.Round(SampleSeconds / (Seconds * work)));
    }

    /// <summary>Approximate time of the work after warm-up.</summary>
    internal double Seconds { get; }

    /// <summary>Managed bytes allocated per call, averaged over all turns.</summary>
    internal long AllocatedBytes => _calls == 0 ? 0 : _allocated / _calls;

    /// <returns>Seconds of the work.</returns>
    internal double Take()
    {
        List<double> samples = [];
        long begun = Stopwatch.GetTimestamp();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        while (samples.Count == 0 || Stopwatch.GetElapsedTime(begun) < _while) samples.Add(Sample(_count));
        _allocated += GC.GetTotalAllocatedBytes(precise: true) - before;
        _calls += samples.Count * _count;
        return Median.Of(samples);
    }

    private double Sample(int count) => (BenchmarkDevice.IsGpu ? ByEvents(count) : ByTheClock(count)) / count / _work;

    private double ByTheClock(int count)
    {
        BenchmarkDevice.Device.Synchronize();
        long begun = Stopwatch.GetTimestamp();
        for (int call = 0; call < count; call++) _call();
        BenchmarkDevice.Device.Synchronize();
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private double ByEvents(int count)
    {
        Device device = BenchmarkDevice.Device;
        device.Synchronize();
        _call();  // keeps the device busy while the first timed calls are queued
        using DeviceEvent begin = device.RecordEvent();
        for (int call = 0; call < count; call++) _call();
        using DeviceEvent end = device.RecordEvent();
        return end.Since(begin).TotalSeconds;
    }
}
