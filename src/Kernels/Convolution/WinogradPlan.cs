using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Convolution;

/// <summary>How a convolution by tiles is divided; laid out as <c>WinogradPlan</c> in <c>HostWinograd.cuh</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct WinogradPlan
{
    /// <summary>What channels must be a multiple of: a vector of the widest kind.</summary>
    internal const int ChannelGranularity = 16;

    private const int TileSide = 2;
    private const int Places = 16;
    private const int PanelWidth = 32;

    // Measured with 512 channels: more rows leave the third-level cache, fewer transform the weights more often.
    private const int RowsPerBlock = 384;
    private const int GradientRowsPerBlock = 256;
    private const int ChannelsAtOnce = 64;

    // Frames of a block share the frames that their taps over time add.
    private const int FewestFrames = 8;

    // Blocks enough for some cores. The division decides the order of the additions, so that it must depend on the
    // shapes alone.
    private const int FewestBlocks = 4;
    private const int FewestGradientBlocks = 8;

    // 16 MB of 32-bit sums: they stay in the third-level cache.
    private const int MostSums = 4 << 20;

    private readonly int _tilesH, _tilesW, _framesPerBlock, _linesPerBlock, _channelsPerBlock, _channelsAtOnce;

    private WinogradPlan(Triple output, int tapsT, int rows, int channelsPerBlock)
    {
        (_tilesH, _tilesW) = ((output.H + TileSide - 1) / TileSide, (output.W + TileSide - 1) / TileSide);
        int frames = Math.Min(output.T, tapsT == 1 ? 1 : FewestFrames);
        _linesPerBlock = Math.Clamp(rows / (frames * _tilesW), 1, _tilesH);
        frames = Math.Clamp(rows / (_linesPerBlock * _tilesW), 1, output.T);
        _framesPerBlock = EvenPart(output.T, frames);
        _linesPerBlock = EvenPart(_tilesH, _linesPerBlock);
        (_channelsPerBlock, _channelsAtOnce) = (channelsPerBlock, Math.Min(channelsPerBlock, ChannelsAtOnce));
    }

    /// <summary>The division of a convolution, or of its data gradient.</summary>
    /// <returns>It, and how many blocks a launch has.</returns>
    internal static (WinogradPlan Division, long BlockCount) Forward(ConvolutionPlan plan)
    {
        int panels = (plan.OutGroup + PanelWidth - 1) / PanelWidth;
        WinogradPlan whole = new(plan.Out, plan.Taps.T, RowsPerBlock, panels * PanelWidth);
        long tileBlocks = whole.TileBlockCount(plan);
        int parts = (int)Math.Min(panels, (FewestBlocks + tileBlocks - 1) / tileBlocks);
        int channels = EvenPart(panels, (panels + parts - 1) / parts) * PanelWidth;
        WinogradPlan division = new(plan.Out, plan.Taps.T, RowsPerBlock, channels);
        return (division, tileBlocks * ((plan.OutGroup + channels - 1) / channels));
    }

    /// <summary>The division of a weight gradient.</summary>
    /// <returns>It, into how many segments its tiles are divided, and how many blocks a launch has.</returns>
    internal static (WinogradPlan Division, int SegmentCount, long BlockCount) WeightGradient(ConvolutionPlan plan)
    {
        int panels = (plan.OutGroup + PanelWidth - 1) / PanelWidth;
        long sumsOfPanel = (long)Places * plan.Taps.T * plan.InGroup * PanelWidth;
        int channels = EvenPart(panels, (int)Math.Clamp(MostSums / sumsOfPanel, 1, panels)) * PanelWidth;
        WinogradPlan division = new(plan.Out, plan.Taps.T, GradientRowsPerBlock, channels);
        int parts = (plan.OutGroup + channels - 1) / channels;
        int segments = (int)Math.Min(division.TileBlockCount(plan), (FewestGradientBlocks + parts - 1) / parts);
        return (division, segments, (long)parts * segments);
    }

    private long TileBlockCount(ConvolutionPlan plan) =>
        (long)plan.ClipCount * Parts(plan.Out.T, _framesPerBlock) * Parts(_tilesH, _linesPerBlock);

    private static int Parts(int size, int part) => (size + part - 1) / part;

    /// <returns>The size of parts that are as many as parts of a size, and as even as can be.</returns>
    private static int EvenPart(int size, int part) => Parts(size, Parts(size, part));
}
