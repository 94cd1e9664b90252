using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Filtering;

/// <summary>Two filters with an activation in between; laid out as in <c>FilteredPlan.cuh</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct FilteredPlan
{
    // The host's tiles, with the channels of FilteredLeakyReluHost.cpp: wide enough that the halo is small, and small
    // enough that the ring buffers of rows stay in the core's private cache.
    private const int HostColumns = 64;
    private const int HostChannels = 64;
    private const int FewestHostBlocks = 8;
    private const int FewestHostRows = 24;

    // The GPU's kernel: channels of a strip, rows by which the last stage lags the first, and the fewest rows of a
    // strip, as shorter ones would be mostly halo.
    private const int StripChannels = 32;
    private const int StagesAfterFirst = 2;
    private const int FewestStripRows = 6;

    // The cost of a block that shares its multiprocessor with another, and the extra cost of one that has it to itself,
    // where nothing hides its latencies: about a quarter, from the instruction counts and times of 31x38 and 94x150 in
    // benchmarks/Results/cuda-0-2026-11-27-filtered-peers.md.
    private const int BlockCost = 4;
    private const int LoneBlockPenalty = 1;

    internal readonly FilteredAxis Rows;
    internal readonly FilteredAxis Columns;
    private readonly int _channels;
    private readonly int _tileRows, _tileColumns;
    private readonly int _isFlipped;
    private readonly int _mode;  // read by the CPU's kernel; the GPU's is compiled for one mode
    private readonly double _firstGain, _secondGain;
    private readonly float _slope;
    private readonly float _limit;
    private readonly float _lowerLimit;

    /// <summary>How the signs are used.</summary>
    internal FilteredMode Mode => (FilteredMode)_mode;

    /// <param name="rows">The vertical axis of the images.</param>
    /// <param name="columns">The horizontal axis of the images.</param>
    /// <param name="mode">How the signs are used.</param>
    /// <param name="options">Gains, slope and clamp.</param>
    /// <param name="isAdjoint">Whether filters and rates are exchanged.</param>
    /// <param name="tiling">The tiling of the kernel to launch.</param>
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

    /// <returns>The estimated run time of the kernel, in multiplications of a thread.</returns>
    internal long Duration(Tensor y, FilteredTiling tiling) =>
        BusiestProcessorCost(BlockCount(y), _tileRows, y.Device, tiling) * tiling.Work / BlockCost;

    /// <returns>The number of tiles into which the kernels divide the result, one block each.</returns>
    internal long BlockCount(Tensor y) =>
        (long)y.Shape[0] * Quotient.Up(_channels, y.Device.WarpSize == 1 ? HostChannels : StripChannels)
        * Quotient.Up(Columns.OutputLength, _tileColumns) * Quotient.Up(Rows.OutputLength, _tileRows);

    /// <returns>
    /// Two operations per tap and sample: a separable filter makes a pass along each axis, a planar one a single pass
    /// over both.
    /// </returns>
    internal long Operations(Tensor y, FilteredSide first, FilteredSide second)
    {
        long positions = (long)Rows.MiddleLength * Columns.MiddleLength;
        long outputs = (long)Rows.OutputLength * Columns.OutputLength;
        long up = first.IsPlanar
            ? positions * first.Depth * first.Depth
            : (((long)Rows.MiddleLength * Columns.Length) + positions) * first.Depth;
        long down = second.IsPlanar
            ? outputs * second.Rows * second.Columns
            : (((long)Rows.MiddleLength * Columns.OutputLength) + outputs) * second.Rows;
        return 2L * y.Shape[0] * _channels * (up + down);
    }

    // More bands keep all multiprocessors busy, but each recomputes the halo of rows under its first output. The search
    // ends where the total work would take too long even if spread evenly over all multiprocessors.
    private int QuickestBands(long strips, Device device, FilteredTiling tiling, int most)
    {
        (int quickest, long least) = (1, long.MaxValue / device.ProcessorCount);
        for (int bands = 1; bands <= most; bands++)
        {
            long height = ((long)Rows.OutputLength * tiling.Second.Rate) + (bands * HaloOf(tiling));
            if (strips * BlockCost * height >= least * device.ProcessorCount) break;
            long cost = BusiestProcessorCost(strips * bands, Quotient.Up(Rows.OutputLength, bands), device, tiling);
            if (cost < least) (quickest, least) = (bands, cost);
        }

        return quickest;
    }

    // The cost of the multiprocessor with the most blocks: the rows of v of a strip, times the cost of all its blocks.
    private static long BusiestProcessorCost(long blocks, int tileRows, Device device, FilteredTiling tiling)
    {
        long own = Quotient.Up(blocks, device.ProcessorCount);
        long cost = (own * BlockCost) + (own % tiling.BlocksPerProcessor * LoneBlockPenalty);
        return cost * (((long)tileRows * tiling.Second.Rate) + HaloOf(tiling));
    }

    // Rows of v that a strip computes besides its own.
    private static long HaloOf(FilteredTiling tiling) => tiling.Second.Taps + StagesAfterFirst;
}
