using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GenKernels.Kernels.Elementwise;

namespace GenKernels.Tests.Runtime.Diagnostics;

/// <summary>Counters belong to the process: no other test may run in parallel.</summary>
[NonParallelizable]
public sealed class RuntimeMeterTests
{
    [Test]
    public void LaunchesAndCopiesAreCounted()
    {
        using HostDevice device = new();
        using Tally tally = new();
        using Tensor x = Tensor.From<float>([1, 2, 3], [3], device);
        using Tensor y = Unary.Forward(UnaryKind.Square, x);
        y.ToArray<float>();
        Assert.That(tally.Of(RuntimeMeter.Launches), Is.EqualTo(1));
        Assert.That(tally.Of(RuntimeMeter.BytesFromHost), Is.EqualTo(12));
        Assert.That(tally.Of(RuntimeMeter.BytesToHost), Is.EqualTo(12));
    }

    [Test]
    public void CompilationsAndWhatTheCacheHadAreCounted()
    {
        using TemporaryFolder folder = new();
        KernelCache cache = new(folder.Path);
        using Tally tally = new();
        for (int time = 0; time < 3; time++) cache.GetOrCompile("key", ".bin", path => File.WriteAllText(path, "code"));
        Assert.That(tally.Of(RuntimeMeter.CacheMisses), Is.EqualTo(1));
        Assert.That(tally.Of(RuntimeMeter.CacheHits), Is.EqualTo(2));
        Assert.That(tally.Of(RuntimeMeter.CompileTime), Is.Positive.And.LessThan(60));
    }

    [Test]
    public void TheNamesAreThoseOfOneMeter()
    {
        ConcurrentBag<string> names = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == RuntimeMeter.Name) names.Add(instrument.Name);
        };
        using HostDevice device = new();
        Tensor.Zeros([1], ElementType.Float32, device).Dispose();
        listener.Start();
        string[] documented =
        [
            RuntimeMeter.LiveBuffers, RuntimeMeter.LiveBytes, RuntimeMeter.Launches, RuntimeMeter.BytesToHost,
            RuntimeMeter.BytesFromHost, RuntimeMeter.CacheHits, RuntimeMeter.CacheMisses, RuntimeMeter.CompileTime,
        ];
        Assert.That(names, Is.EquivalentTo(documented));
    }

    /// <summary>Sums of everything counted since its creation.</summary>
    private sealed class Tally : IDisposable
    {
        private readonly ConcurrentDictionary<string, double> _sums = [];
        private readonly MeterListener _listener = new();

        internal Tally()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == RuntimeMeter.Name) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
            _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument, value));
            _listener.Start();
        }

        public void Dispose() => _listener.Dispose();

        internal double Of(string name) => _sums.GetValueOrDefault(name);

        private void Add(Instrument instrument, double value) =>
            _sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
    }
}
