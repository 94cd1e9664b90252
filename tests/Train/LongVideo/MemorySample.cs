namespace GenKernels.Tests.Train.LongVideo;

/// <summary>Memory after a training step, in bytes.</summary>
/// <param name="Step">Steps finished.</param>
/// <param name="Live">Bytes in the device's tensors.</param>
/// <param name="Peak">Peak bytes in tensors since the previous sample.</param>
/// <param name="Pool">Bytes taken from the device: in tensors or free for reuse.</param>
/// <param name="AllocatedPerStep">Managed bytes allocated per step by all threads since the previous sample.</param>
/// <param name="Heap">Managed bytes that survive a full collection.</param>
/// <param name="Resident">Resident memory of the whole process.</param>
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
