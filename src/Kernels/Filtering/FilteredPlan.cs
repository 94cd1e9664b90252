using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Filtering;

/// <summary>Two filters with an activation between; laid out as in <c>FilteredPlan.cuh</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct FilteredPlan
{
    // The host's tiles, of as many channels as in FilteredLeakyReluHost.cpp: wide enough that what tiles share is
    // little, and small enough that the rings of rows stay in a core's own cache.
    private const int HostColumns = 64;
    private const int HostChannels = 64;
    private const int FewestHostBlocks = 8;
    private const int FewestHostRows = 24;

    // A strip of the kernel.
    private const int StripChannels = 32;
    private const int BlocksPerProcessor = 4;
    private const int FewestStripRows = 12;

    internal readonly FilteredAxis Rows;
    internal readonly FilteredAxis Columns;
    private readonly int _channels;
    private readonly int _tileRows, _tileColumns;
    private readonly int _isFlipped;
    private readonly int _mode;
    private readonly double _firstGain, _secondGain;
    private readonly float _slope;
    private readonly float _limit;

    /// <param name="rows">Of the images.</param>
    /// <param name="columns">Of the images.</param>
    /// <param name="mode">What becomes of the signs.</param>
    /// <param name="options">Gains, slope and clamp.</param>
    /// <param name="isAdjoint">Whether filters and rates are exchanged.</param>
    /// <param name="tiling">Of the kernel that will be launched.</param>
    /// <param name="y">The result, <c>[N, Q, P, C]</c>.</param>
    internal FilteredPlan(
        FilteredAxis rows, FilteredAxis columns, FilteredMode mode, FilteredLeakyReluOptions options, bool isAdjoint,
        FilteredTiling tiling, Tensor y)
    {
        (Rows, Columns, _channels, _mode) = (rows, columns, y.Shape[3], (int)mode);
        _isFlipped = options.Flip != isAdjoint ? 1 : 0;
        (double gain, double upGain) = (options.Gain, (double)options.Up * options.Up);
        (_firstGain, _secondGain) = isAdjoint ? (gain, upGain) : (gain * upGain, 1);
        (_slope, _limit) = (options.Slope, options.Clamp);

        bool isHost = y.Device.WarpSize == 1;
        int widest = isHost ? HostColumns : tiling.Columns;
        _tileColumns = isHost ? Quotient(Columns.OutputLength, Quotient(Columns.OutputLength, widest)) : widest;
        _tileRows = Rows.OutputLength;
        long others = Math.Max(1, BlockCount(y));
        long wanted = isHost ? FewestHostBlocks : (long)y.Device.ProcessorCount * BlocksPerProcessor;
        int most = Math.Max(1, Rows.OutputLength / (isHost ? FewestHostRows : FewestStripRows));
        _tileRows = Quotient(Rows.OutputLength, (int)Math.Clamp((wanted + others - 1) / others, 1, most));
    }

    /// <returns>One block for each tile, as the kernels divide the result.</returns>
    internal long BlockCount(Tensor y) =>
        (long)y.Shape[0] * Quotient(_channels, y.Device.WarpSize == 1 ? HostChannels : StripChannels)
        * Quotient(Columns.OutputLength, _tileColumns) * Quotient(Rows.OutputLength, _tileRows);

    /// <returns>
    /// Two for each tap that meets a sample: a filter of one axis passes along rows before columns and back, a planar
    /// one takes both at once.
    /// </returns>
    internal long Operations(Tensor y, FilteredSide first, FilteredSide second)
    {
        long places = (long)Rows.MiddleLength * Columns.MiddleLength;
        long outputs = (long)Rows.OutputLength * Columns.OutputLength;
        long up = first.IsPlanar
            ? places * first.Depth * first.Depth
            : (((long)Rows.MiddleLength * Columns.Length) + places) * first.Depth;
        long down = second.IsPlanar
            ? outputs * second.Rows * second.Columns
            : (((long)Rows.MiddleLength * Columns.OutputLength) + outputs) * second.Rows;
        return 2L * y.Shape[0] * _channels * (up + down);
    }

    private static int Quotient(int count, int divisor) => (count + divisor - 1) / divisor;
}
