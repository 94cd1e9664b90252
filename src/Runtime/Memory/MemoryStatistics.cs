namespace GenKernels.Runtime;

/// <summary>What a pool holds, in bytes.</summary>
/// <param name="Live">In tensors now.</param>
/// <param name="Peak">The most that was ever in tensors.</param>
/// <param name="Cached">Taken from the device and free for the next tensor.</param>
/// <param name="LiveBuffers">Buffers in tensors now.</param>
/// <param name="Leaked">Bytes of buffers that were lost to the garbage collector without being disposed.</param>
/// <param name="ByLabel">Live bytes by label.</param>
public sealed record MemoryStatistics(
    long Live, long Peak, long Cached, int LiveBuffers, long Leaked, IReadOnlyDictionary<string, long> ByLabel);
