using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Convolution;

/// <summary>
/// How a convolution by tiles is divided; laid out as <c>WinogradPlan</c> in <c>HostWinograd.cuh</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct WinogradPlan
{
    /// <summary>What channels must be a multiple of: a vector of the widest kind.</summary>
    internal const int ChannelGranularity = 16;

    private const int TileSide = 2;
    private const int Places = 16;
    private const int PanelWidth = 32;

    // Many rows: every block transforms all weights, so that it needs rows enough; with few channels more of them would
    // leave the cache, with many they come from memory anyway and are read for many output channels at once. Measured.
    private const int FewestRows = 256;
    private const int RowsOfFewChannels = 320;
    private const int MostRows = 1024;
    private const int RowsPerChannel = 4;
    private const int ManyChannelsAtOnce = 128;

    // Few rows: blocks differ in output channels, and of transformed rows there are 20 MB at most. With fewest the
    // weights are most of what is read, and one panel of them at a time stays in the cache.
    private const int MostCachedElements = 320 << 10;
    private const int SomeChannelsAtOnce = 64;

    private const int GradientRowsPerBlock = 256;

    // Frames of a block share those that their taps over time add.
    private const int FewestFrames = 8;

    private const int BlocksPerCore = 2;

    // Of a weight gradient the division decides the order of the additions, so that it must depend on the shapes alone.
    private const int FewestGradientBlocks = 8;

    // 16 MB of 32-bit sums: they stay in the third-level cache.
    private const int MostSums = 4 << 20;

    private readonly int _tilesH, _tilesW, _framesPerBlock, _linesPerBlock, _channelsPerBlock, _channelsAtOnce;

    private WinogradPlan(Triple output, int tapsT, int rows, int channelsPerBlock, int channelsAtOnce)
    {
        (_tilesH, _tilesW) = ((output.H + TileSide - 1) / TileSide, (output.W + TileSide - 1) / TileSide);
        int frames = Math.Min(output.T, tapsT == 1 ? 1 : FewestFrames);
        _linesPerBlock = Math.Clamp(rows / (frames * _tilesW), 1, _tilesH);
        frames = Math.Clamp(rows / (_linesPerBlock * _tilesW), 1, output.T);
        _framesPerBlock = EvenPart(output.T, frames);
        _linesPerBlock = EvenPart(_tilesH, _linesPerBlock);
        (_channelsPerBlock, _channelsAtOnce) = (channelsPerBlock, Math.Min(channelsPerBlock, channelsAtOnce));
    }

    /// <summary>The division of a convolution, or of its data gradient.</summary>
    /// <returns>It, and how many blocks a launch has.</returns>
    internal static (WinogradPlan Division, long BlockCount) Forward(ConvolutionPlan plan, int coreCount)
    {
        int panels = Parts(plan.OutGroup, PanelWidth);
        long rowCount = RowCount(plan);
        int wanted = coreCount * BlocksPerCore;
        bool hasManyRows = rowCount >= (long)wanted * FewestRows;
        int mostRows = Math.Clamp(plan.InGroup * RowsPerChannel, RowsOfFewChannels, MostRows);
        int rows = (int)Math.Min(rowCount / wanted, mostRows);
        if (!hasManyRows) rows = Math.Clamp(MostCachedElements / plan.InGroup, FewestRows, MostRows);
        int atOnce = hasManyRows ? ManyChannelsAtOnce : SomeChannelsAtOnce;
        if (rowCount < FewestRows) atOnce = PanelWidth;
        long tileBlocks = new WinogradPlan(plan.Out, plan.Taps.T, rows, atOnce, atOnce).TileBlockCount(plan);
        int channelBlocks = (int)Math.Clamp(wanted / tileBlocks, 1, panels);
        int channels = Parts(panels, channelBlocks) * PanelWidth;
        WinogradPlan division = new(plan.Out, plan.Taps.T, rows, channels, atOnce);
        return (division, tileBlocks * Parts(plan.OutGroup, channels));
    }

    /// <summary>The division of a weight gradient.</summary>
    /// <returns>It, into how many segments its tiles are divided, and how many blocks a launch has.</returns>
    internal static (WinogradPlan Division, int SegmentCount, long BlockCount) WeightGradient(ConvolutionPlan plan)
    {
        int panels = Parts(plan.OutGroup, PanelWidth);
        long rowCount = RowCount(plan);
        if (plan.ClipCount == 1 && panels >= FewestGradientBlocks && rowCount * plan.InGroup <= MostCachedElements)
        {
            // Few rows: one block of tiles, transformed once for each of some panels whose sums stay in the cache.
            int part = Parts(panels, FewestGradientBlocks) * PanelWidth;
            WinogradPlan whole = new(plan.Out, plan.Taps.T, (int)rowCount, part, PanelWidth);
            return (whole, 1, Parts(plan.OutGroup, part));
        }

        long sumsOfPanel = (long)Places * plan.Taps.T * plan.InGroup * PanelWidth;
        int channels = EvenPart(panels, (int)Math.Clamp(MostSums / sumsOfPanel, 1, panels)) * PanelWidth;
        WinogradPlan division = new(plan.Out, plan.Taps.T, GradientRowsPerBlock, channels, channels);
        int parts = Parts(plan.OutGroup, channels);
        int segments = (int)Math.Min(division.TileBlockCount(plan), Parts(FewestGradientBlocks, parts));
        return (division, segments, (long)parts * segments);
    }

    private static long RowCount(ConvolutionPlan plan) =>
        (long)plan.ClipCount * plan.Out.T * Parts(plan.Out.H, TileSide) * Parts(plan.Out.W, TileSide);

    private long TileBlockCount(ConvolutionPlan plan) =>
        (long)plan.ClipCount * Parts(plan.Out.T, _framesPerBlock) * Parts(_tilesH, _linesPerBlock);

    private static int Parts(int size, int part) => (size + part - 1) / part;

    /// <returns>The size of parts that are as many as parts of a size, and as even as can be.</returns>
    private static int EvenPart(int size, int part) => Parts(size, Parts(size, part));
}
