namespace GenKernels.Tests.Train.LongVideo;

/// <summary>Memory after a step of training, in bytes.</summary>
/// <param name="Step">Steps that were taken.</param>
/// <param name="Live">In the device's tensors.</param>
/// <param name="Peak">The most that was in them since the sample before.</param>
/// <param name="Pool">Taken from the device: in tensors or free for the next.</param>
/// <param name="AllocatedPerStep">Managed allocations of all threads since the sample before, for each step.</param>
/// <param name="Heap">Managed objects that a full collection leaves.</param>
/// <param name="Resident">Of the whole process.</param>
internal sealed record MemorySample(
    long Step, long Live, long Peak, long Pool, long AllocatedPerStep, long Heap, long Resident)
{
    /// <summary>The heading of a table of <see cref="ToString"/>.</summary>
    public static string Heading =>
        "  step |  live MB |  peak MB |  pool MB | allocated kB a step | heap MB | resident MB";

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Step,6} | {Live / 1e6,8:F3} | {Peak / 1e6,8:F3} | {Pool / 1e6,8:F3} | {AllocatedPerStep / 1e3,19:F1} "
        + $"| {Heap / 1e6,7:F3} | {Resident / 1e6,11:F1}";
}
