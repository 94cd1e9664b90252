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

    // A strip of the kernel, and the rows of its stages after the first. Lower strips would be mostly halo.
    private const int StripChannels = 32;
    private const int StagesAfterFirst = 2;
    private const int FewestStripRows = 6;

    // How long a block takes that shares a multiprocessor with another, and what it takes more where it has one to
    // itself and nothing hides that it waits: about a quarter, by the instructions and times of 31x38 and 94x150 in
    // benchmarks/Results/cuda-0-2026-11-27-filtered-peers.md.
    private const int BlockTurns = 4;
    private const int WaitingTurns = 1;

    internal readonly FilteredAxis Rows;
    internal readonly FilteredAxis Columns;
    private readonly int _channels;
    private readonly int _tileRows, _tileColumns;
    private readonly int _isFlipped;
    private readonly int _mode;  // what the CPU's kernel goes by; others are compiled for one
    private readonly double _firstGain, _secondGain;
    private readonly float _slope;
    private readonly float _limit;
    private readonly float _lowerLimit;

    /// <summary>What becomes of the signs.</summary>
    internal FilteredMode Mode => (FilteredMode)_mode;

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
        _lowerLimit = options.Slope < 0 ? options.Clamp : -options.Clamp;

        bool isHost = y.Device.WarpSize == 1;
        int widest = isHost ? HostColumns : tiling.Columns;
        _tileColumns = isHost ? Quotient.Up(Columns.OutputLength, Quotient.Up(Columns.OutputLength, widest)) : widest;
        _tileRows = Rows.OutputLength;
        long strips = Math.Max(1, BlockCount(y));
        int most = Math.Max(1, Rows.OutputLength / (isHost ? FewestHostRows : FewestStripRows));
        int bands = isHost
            ? (int)Math.Clamp(Quotient.Up(FewestHostBlocks, strips), 1, most)
            : QuickestBands(strips, y.Device, tiling, most);
        _tileRows = Quotient.Up(Rows.OutputLength, bands);
    }

    /// <returns>How long the kernel is at work, in multiplications of a thread.</returns>
    internal long Duration(Tensor y, FilteredTiling tiling) =>
        RowsInTurn(BlockCount(y), _tileRows, y.Device, tiling) * tiling.Work / BlockTurns;

    /// <returns>One block for each tile, as the kernels divide the result.</returns>
    internal long BlockCount(Tensor y) =>
        (long)y.Shape[0] * Quotient.Up(_channels, y.Device.WarpSize == 1 ? HostChannels : StripChannels)
        * Quotient.Up(Columns.OutputLength, _tileColumns) * Quotient.Up(Rows.OutputLength, _tileRows);

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

    // More bands keep all multiprocessors busy, but each has the rows under its first output for itself: from where
    // this alone takes too long though all multiprocessors share it evenly, more are of no use.
    private int QuickestBands(long strips, Device device, FilteredTiling tiling, int most)
    {
        (int quickest, long least) = (1, long.MaxValue / device.ProcessorCount);
        for (int bands = 1; bands <= most; bands++)
        {
            long height = ((long)Rows.OutputLength * tiling.Second.Rate) + (bands * HaloOf(tiling));
            if (strips * BlockTurns * height >= least * device.ProcessorCount) break;
            long rows = RowsInTurn(strips * bands, Quotient.Up(Rows.OutputLength, bands), device, tiling);
            if (rows < least) (quickest, least) = (bands, rows);
        }

        return quickest;
    }

    // Of the multiprocessor with the most blocks, each as high as its strip in rows of v; in turns.
    private static long RowsInTurn(long blocks, int tileRows, Device device, FilteredTiling tiling)
    {
        long own = Quotient.Up(blocks, device.ProcessorCount);
        long turns = (own * BlockTurns) + (own % tiling.BlocksPerProcessor * WaitingTurns);
        return turns * (((long)tileRows * tiling.Second.Rate) + HaloOf(tiling));
    }

    // Rows of v that a strip has beside those of its own.
    private static long HaloOf(FilteredTiling tiling) => tiling.Second.Taps + StagesAfterFirst;
}
