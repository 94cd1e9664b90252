using System.Numerics;
using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Normalization;

/// <summary>
/// How each block of a device with warps holds one group of channels of one sample in shared memory, as in
/// <c>GroupSlice.cuh</c>.
/// </summary>
/// <param name="PositionCount">Positions per sample.</param>
/// <param name="Variant">The variant of the kernels that has the chosen pack width.</param>
/// <param name="Launch">One block per sample and group.</param>
internal sealed record GroupSlice(int PositionCount, string Variant, LaunchShape Launch)
{
    // Threads of a block at most, as in the kernels.
    private const int MostThreads = 1024;

    // A block with more than half of the shared memory of a multiprocessor of compute capability 9.0 has it to itself,
    // and takes all threads; else two blocks share it. The number of threads decides the order of the additions, so it
    // is the same on every GPU that a group fits. Whether a group fits depends on the GPU: with the smallest limit,
    // 99 KB, 16-bit gradients of 64 x 64 positions of 10 channels, which take 160 KB, would need the multi-pass form.
    private const int HalfBytes = 113 << 10;

    private const int FewestThreads = 64;
    private const int PacksPerThread = 8;

    // Static shared memory of BlockSum, 32 numbers, on top of the dynamic memory of the launch.
    private const int BlockSumBytes = 32 * sizeof(double);

    // Shorter pieces of rows waste more than half of a 32-byte sector.
    private const int FewestPieceBytes = 16;

    /// <param name="groups">Number of groups; divides C.</param>
    /// <param name="held">How many of the tensors are held in shared memory.</param>
    /// <param name="numbers">Sums in shared memory per channel of each thread, and per channel of the block.</param>
    /// <param name="tensors">The tensors accessed in packs: <c>[N, …, C]</c>, not empty.</param>
    /// <returns>Null if a group does not fit, if its rows are too short, and on the host.</returns>
    internal static GroupSlice? Of(int groups, int held, int numbers, params ReadOnlySpan<Tensor> tensors)
    {
        Tensor x = tensors[0];
        int length = x.Shape[^1] / groups;
        long elements = x.Shape.Product(1, x.Shape.Rank) / groups;
        long bytes = elements * x.Type.Size() * held;
        int limit = x.Device.SharedBytesPerBlock - BlockSumBytes;
        if (x.Device.WarpSize == 1 || length * x.Type.Size() < FewestPieceBytes || bytes > limit) return null;

        int width = PackWidths.AreAligned(tensors) ? PackWidths.Longest(x.Type) : 1;
        while (length % width != 0) width /= 2;
        int threads = ThreadsOf(length / width, elements / width, bytes);
        int lanes = threads * width / length;
        bytes += (long)numbers * length * (lanes + 1) * x.Type.SumType().Size();
        if (threads > MostThreads || bytes > limit) return null;
        LaunchShape launch = new((long)x.Shape[0] * groups, 1, 1, threads, (int)bytes);
        return new GroupSlice((int)(elements / length), PackWidths.Variant(width), launch);
    }

    /// <returns>
    /// A power of two: one thread per <see cref="PacksPerThread"/> packs of the group, at least one per pack of a row.
    /// </returns>
    private static int ThreadsOf(int across, long packs, long bytes)
    {
        int most = bytes > HalfBytes ? MostThreads : MostThreads / 2;
        long wanted = Math.Min(packs / PacksPerThread, most);
        return (int)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(wanted, Math.Max(across, FewestThreads)));
    }
}
