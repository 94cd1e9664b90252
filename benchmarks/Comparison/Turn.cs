using System.Diagnostics;

namespace GenKernels.Benchmarks.Comparison;

/// <summary>Times our side as the peer's <c>timing.py</c> times its own: the median of samples over a short while, each
/// until the device is done; one sample where a call takes longer than that.</summary>
internal sealed class Turn
{
    private static readonly TimeSpan s_while = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan s_sample = TimeSpan.FromMilliseconds(1);

    private readonly Action _call;
    private readonly int _count;
    private long _calls;
    private long _allocated;

    /// <param name="call">What to time; is warmed up here.</param>
    internal Turn(Action call)
    {
        _call = call;
        Sample(1);
        _count = (int)Math.Max(1, Math.Round(s_sample / TimeSpan.FromSeconds(Math.Max(1e-9, Sample(1)))));
    }

    /// <summary>Managed memory that a call takes, in bytes, over all turns.</summary>
    internal long AllocatedBytes => _calls == 0 ? 0 : _allocated / _calls;

    /// <returns>Seconds of a call.</returns>
    internal double Take()
    {
        List<double> samples = [];
        long begun = Stopwatch.GetTimestamp();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        while (samples.Count == 0 || Stopwatch.GetElapsedTime(begun) < s_while) samples.Add(Sample(_count));
        _allocated += GC.GetTotalAllocatedBytes(precise: true) - before;
        _calls += samples.Count * _count;
        return Median.Of(samples);
    }

    private double Sample(int count)
    {
        BenchmarkDevice.Device.Synchronize();
        long begun = Stopwatch.GetTimestamp();
        for (int call = 0; call < count; call++) _call();
        BenchmarkDevice.Device.Synchronize();
        return Stopwatch.GetElapsedTime(begun).TotalSeconds / count;
    }
}
