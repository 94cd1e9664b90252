using System.Numerics;
using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Normalization;

/// <summary>
/// How blocks of a device with warps keep one group of channels of one sample each, as <c>GroupSlice.cuh</c> has it.
/// </summary>
/// <param name="PositionCount">Of each sample.</param>
/// <param name="Variant">The variant of the kernels that walks so.</param>
/// <param name="Launch">One block for each sample and group.</param>
internal sealed record GroupSlice(int PositionCount, string Variant, LaunchShape Launch)
{
    // As in the kernels.
    private const int MostThreads = 1024;

    // Above half of what a multiprocessor of compute capability 9.0 has a block is alone, and has all threads; else it
    // has a neighbour. Threads decide the order of the additions, so that wherever a group fits they are as many.
    // Whether it fits is the GPU's affair: to go by the smallest one's 99 KB would leave gradients of 16 bits for
    // 64 x 64 positions of 10 channels, which take 160 KB, to passes.
    private const int HalfBytes = 113 << 10;

    private const int FewestThreads = 64;
    private const int PacksPerThread = 8;

    // Sums over a block: 32 numbers, besides what a launch asks for.
    private const int BlockSumBytes = 32 * sizeof(double);

    // Shorter pieces of rows waste most of a sector of 32 bytes.
    private const int FewestPieceBytes = 16;

    /// <param name="groups">Divides C.</param>
    /// <param name="held">How many of the tensors are kept in shared memory.</param>
    /// <param name="numbers">How many sums threads leave there for each of their channels, and the block too.</param>
    /// <param name="tensors">Those that are read and written in packs: <c>[N, …, C]</c>, not empty.</param>
    /// <returns>Null where a group does not fit, where its rows are too short, and on the host.</returns>
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

    /// <returns>Some for each of few packs of the group, at least one for each across a row.</returns>
    private static int ThreadsOf(int across, long packs, long bytes)
    {
        int most = bytes > HalfBytes ? MostThreads : MostThreads / 2;
        long wanted = Math.Min(packs / PacksPerThread, most);
        return (int)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(wanted, Math.Max(across, FewestThreads)));
    }
}
