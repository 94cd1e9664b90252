using GenKernels.Train.LongVideo;

namespace GenKernels.Tests.Train.LongVideo;

/// <summary>Samples the memory of a run at intervals.</summary>
/// <param name="device">The device that trains.</param>
/// <param name="interval">Steps between samples.</param>
internal sealed class MemoryWatch(Device device, int interval) : IProgress<LowResolutionProgress>
{
    private readonly List<MemorySample> _samples = [];
    private long _allocated = GC.GetTotalAllocatedBytes(precise: true);

    public IReadOnlyList<MemorySample> Samples => _samples;

    public void Report(LowResolutionProgress value)
    {
        if (value.Step % interval != 0) return;
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long heap = GC.GetTotalMemory(forceFullCollection: true);
        MemoryStatistics memory = device.Memory.Statistics();
        MemorySample sample = new(
            value.Step, memory.Live, memory.Peak, memory.Live + memory.Cached, (allocated - _allocated) / interval,
            heap, Environment.WorkingSet);
        _samples.Add(sample);
        TestContext.Progress.WriteLine(sample);
        device.Memory.ResetPeak();
        _allocated = GC.GetTotalAllocatedBytes(precise: true);
    }
}
