using System.Numerics;
using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Common;

/// <summary>How blocks divide the rows of a matrix; same layout as <c>RowTiling</c> in <c>Rows.cuh</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct RowTiling
{
    private readonly long _rowCount;
    private readonly int _rowLength;
    private readonly int _rowsPerBlock;
    private readonly int _groupCount;
    private readonly int _chunkLength;
    private readonly int _laneBits;
    private readonly int _packLength;

    /// <param name="rowCount">Rows in all.</param>
    /// <param name="rowLength">Elements of a row.</param>
    /// <param name="packLength">Neighbouring elements that a thread takes at once; divides the row's length.</param>
    /// <param name="chunkLength">
    /// Most elements of a row that a block takes; the shorter the chunk, the more rows.
    /// </param>
    internal RowTiling(
        long rowCount, int rowLength, int packLength = 1, int chunkLength = LaunchShape.ElementsPerBlock)
    {
        _chunkLength = Math.Clamp(rowLength, 1, chunkLength);
        int packCount = Math.Max(1, _chunkLength / packLength);
        _rowCount = rowCount;
        _rowLength = rowLength;
        _rowsPerBlock = LaunchShape.ElementsPerBlock / _chunkLength;
        _groupCount = checked((int)Quotient.Up(rowCount, _rowsPerBlock));
        _laneBits = BitOperations.Log2(
            Math.Min(LaunchShape.DefaultBlock, BitOperations.RoundUpToPowerOf2((uint)packCount)));
        _packLength = packLength;
    }

    /// <returns>One block for each chunk of each group of rows.</returns>
    internal LaunchShape Shape(Device device) =>
        LaunchShape.Blocks(device, (long)_groupCount * Math.Max(1, Quotient.Up(_rowLength, _chunkLength)));
}
