using System.Numerics;
using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Common;

/// <summary>How blocks share out the rows of a matrix; laid out as <c>RowWalk</c> in <c>Rows.cuh</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct RowWalk
{
    private readonly long _rowCount;
    private readonly int _rowLength;
    private readonly int _rowsPerBlock;
    private readonly int _chunkCount;
    private readonly int _lanes;
    private readonly int _packLength;
    private readonly int _unused;

    /// <param name="rowCount">Rows in all.</param>
    /// <param name="rowLength">Elements of a row.</param>
    /// <param name="packLength">Neighbouring elements that a thread takes at once; a divisor of the row's.</param>
    internal RowWalk(long rowCount, int rowLength, int packLength = 1)
    {
        int packCount = Math.Max(1, rowLength / packLength);
        _rowCount = rowCount;
        _rowLength = rowLength;
        _rowsPerBlock = Math.Max(1, LaunchShape.ElementsPerBlock / Math.Max(1, rowLength));
        _chunkCount = Math.Max(1, (rowLength + LaunchShape.ElementsPerBlock - 1) / LaunchShape.ElementsPerBlock);
        _lanes = (int)Math.Min(LaunchShape.DefaultBlock, BitOperations.RoundUpToPowerOf2((uint)packCount));
        _packLength = packLength;
    }

    /// <returns>One block for each group of rows and chunk.</returns>
    internal LaunchShape Shape(Device device) =>
        LaunchShape.Blocks(device, (_rowCount + _rowsPerBlock - 1) / _rowsPerBlock * _chunkCount);
}
