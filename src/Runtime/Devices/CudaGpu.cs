namespace GenKernels.Runtime;

/// <summary>A GPU that the driver lists.</summary>
/// <param name="Ordinal">The number in <c>cuda:N</c>.</param>
/// <param name="Name">As the driver tells it.</param>
/// <param name="MemoryBytes">Memory in all, in bytes.</param>
/// <param name="Capability">Compute capability, as 10 times major plus minor: 90 for an H200.</param>
/// <param name="ProcessorCount">Multiprocessors.</param>
/// <param name="SharedBytesPerBlock">The most shared memory that a block may ask for, in bytes.</param>
/// <param name="HasMemoryPools">Whether memory can be taken and given back in stream order.</param>
public sealed record CudaGpu(
    int Ordinal,
    string Name,
    long MemoryBytes,
    int Capability,
    int ProcessorCount,
    int SharedBytesPerBlock,
    bool HasMemoryPools)
{
    /// <summary>One line for people.</summary>
    public override string ToString() =>
        $"{Name}, {MemoryBytes / 1e9:F0} GB, compute capability {Capability / 10}.{Capability % 10}, "
        + $"{ProcessorCount} multiprocessors";
}
