using System.Numerics;
using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Common;

/// <summary>
/// How blocks divide the columns in a sum over the rows of a matrix, on a device with warps; same layout as
/// <c>ColumnPlan</c> in <c>ColumnBlock.cuh</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ColumnPlan
{
    /// <summary>Threads of a block; equals <c>ColumnThreads</c>.</summary>
    internal const int Threads = 256;

    // Blocks that fill every multiprocessor several times over, and the fewest rows worth a thread. Both determine the
    // order of the additions, so they must not depend on the device.
    private const int EnoughBlocks = 512;
    private const int EnoughRows = 8;

    private readonly int _columnCount;
    private readonly int _acrossBits;
    private readonly int _tileCount;
    private readonly int _isPacked;

    /// <param name="columnCount">Elements of a row, at least 1.</param>
    /// <param name="tensors">The tensors read or written in packs, of one type; null for an absent one.</param>
    internal ColumnPlan(int columnCount, params ReadOnlySpan<Tensor?> tensors)
        : this(columnCount, PackWidths.Longest(tensors[0]!.Type), Threads, tensors)
    {
    }

    /// <param name="columnCount">Elements of a row, at least 1.</param>
    /// <param name="width">Columns of a thread.</param>
    /// <param name="mostAcross">
    /// Most threads of a block across the columns, a power of two; the others divide the rows.
    /// </param>
    /// <param name="tensors">The tensors read or written in packs, of one type; null for an absent one.</param>
    internal ColumnPlan(int columnCount, int width, int mostAcross, params ReadOnlySpan<Tensor?> tensors)
    {
        int packCount = Quotient.Up(columnCount, width);
        int across = (int)Math.Min((uint)mostAcross, BitOperations.RoundUpToPowerOf2((uint)packCount));
        _columnCount = columnCount;
        _acrossBits = BitOperations.Log2((uint)across);
        _tileCount = Quotient.Up(packCount, across);
        _isPacked = PackWidths.For(columnCount, tensors) == width ? 1 : 0;
    }

    /// <summary>Blocks across the columns.</summary>
    internal int TileCount => _tileCount;

    /// <param name="matrixCount">Matrices, each summed separately.</param>
    /// <param name="rowCount">Rows of each.</param>
    /// <returns>Into how many segments the rows are worth splitting, each summed by a block of its own.</returns>
    internal int SegmentCount(int matrixCount, int rowCount)
    {
        long wanted = (EnoughBlocks - 1 + ((long)matrixCount * _tileCount)) / ((long)matrixCount * _tileCount);
        int rowLanes = Threads >> _acrossBits;
        return (int)Math.Clamp(wanted, 1, Math.Max(1, rowCount / (rowLanes * EnoughRows)));
    }
}
