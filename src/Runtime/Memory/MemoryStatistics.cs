namespace GenKernels.Runtime;

/// <summary>The state of a memory pool, in bytes.</summary>
/// <param name="Live">Held by tensors now.</param>
/// <param name="Peak">The most that tensors held since the start or <see cref="MemoryPool.ResetPeak"/>.</param>
/// <param name="Cached">Allocated from the device and free for reuse.</param>
/// <param name="LiveBuffers">The number of buffers that tensors hold now.</param>
/// <param name="Leaked">Bytes of buffers that were garbage-collected without being disposed.</param>
/// <param name="ByLabel">Live bytes by label.</param>
public sealed record MemoryStatistics(
    long Live, long Peak, long Cached, int LiveBuffers, long Leaked, IReadOnlyDictionary<string, long> ByLabel);
