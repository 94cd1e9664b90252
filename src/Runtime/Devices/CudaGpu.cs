namespace GenKernels.Runtime;

/// <summary>Properties of a GPU that the driver lists.</summary>
/// <param name="Ordinal">The number in <c>cuda:N</c>.</param>
/// <param name="Name">The model's name from the driver.</param>
/// <param name="MemoryBytes">Total memory in bytes.</param>
/// <param name="Capability">Compute capability, as 10 times major plus minor: 90 for an H200.</param>
/// <param name="ProcessorCount">The number of multiprocessors.</param>
/// <param name="SharedBytesPerBlock">The most shared memory that a block may opt in to, in bytes.</param>
/// <param name="HasMemoryPools">Whether memory can be allocated and freed in stream order.</param>
public sealed record CudaGpu(
    int Ordinal,
    string Name,
    long MemoryBytes,
    int Capability,
    int ProcessorCount,
    int SharedBytesPerBlock,
    bool HasMemoryPools)
{
    /// <summary>One line for humans.</summary>
    public override string ToString() =>
        $"{Name}, {MemoryBytes / 1e9:F0} GB, compute capability {Capability / 10}.{Capability % 10}, "
        + $"{ProcessorCount} multiprocessors";
}
