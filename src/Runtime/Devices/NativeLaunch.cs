using System.Runtime.InteropServices;

namespace GenKernels.Runtime;

/// <summary>A launch as trampolines take it; laid out as <c>Launch</c> in <c>Common/HostThreads.cuh</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeLaunch
{
    /// <summary>Blocks along x, y, z.</summary>
    internal fixed uint Grid[3];

    /// <summary>Threads of a block along x, y, z.</summary>
    internal fixed uint Block[3];

    /// <summary>Dynamic shared memory of a block in bytes.</summary>
    internal uint SharedBytes;

    /// <summary>The order in which the fibers of a block run: 0 forward, 1 reverse, 2 random.</summary>
    internal uint ThreadOrder;

    /// <summary>The seed of a random order.</summary>
    internal uint Seed;

    /// <summary>Whether shared memory is filled with NaN before each block.</summary>
    internal uint FillShared;

    /// <summary>Where a trampoline writes its error message, as zero-terminated text.</summary>
    internal byte* Error;

    /// <summary>The size of the buffer at <see cref="Error"/> in bytes.</summary>
    internal int ErrorCapacity;

    /// <summary>The number of <see cref="StackSlots"/>.</summary>
    internal int StackSlotCount;

    /// <summary>Where fibers' stacks are kept between launches.</summary>
    internal void** StackSlots;
}
