using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Convolution;

/// <summary>
/// How a convolution by Winograd tiles is divided into blocks; laid out as <c>WinogradPlan</c> in <c>HostTiles.cuh</c>.
/// A block's working set, rows of some input and output channels at a time, is some megabytes: a core's share of the L3
/// cache. A row is a tile.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct WinogradPlan
{
    private const int FlatHeight = 3;
    private const int TallHeight = 5;
    private const int TileWidth = 4;
    private const int PanelWidth = 32;

    // Elements of the widest vector.
    private const int ChannelGranularity = 16;

    // Rows that are multiplied together, and the number of rows that take as long as transforming the weights.
    private const int StripRows = 12;
    private const int RowsOfWeights = 36;

    // Rows of a block. Every block transforms its weights; few channels have few weights, so that fewer rows amortise
    // that.
    private const int MostRows = 512;
    private const int RowsOfFewChannels = 320;
    private const int RowsPerChannel = 4;
    private const int FewestRows = 96;
    private const int GradientRows = 256;

    private const int InputsAtOnce = 128;
    private const int OutputsAtOnce = 128;

    // With few rows most of the time goes to transforming weights, or a gradient's sums; a block has few channels then,
    // so that these stay in the L2 cache: measured 1.2 to 1.5 times as fast.
    private const int FewRows = 32;
    private const int InputsOfFewRows = 64;
    private const int OutputsOfFewRows = PanelWidth;

    // Neighbouring frames of a block share most of the frames that their taps over time read.
    private const int FewestFrames = 8;

    private const int BlocksPerCore = 4;

    // A weight gradient's division decides the order of the additions, so that it must depend on the shapes alone, not
    // on the device.
    private const int FewestGradientBlocks = 8;

    private readonly int _tilesH, _tilesW, _framesPerBlock, _linesPerBlock, _inputsAtOnce, _outputsAtOnce;

    private WinogradPlan(ConvolutionPlan plan, int tileHeight, int rows, int inputsAtOnce, int outputsAtOnce)
    {
        (_tilesH, _tilesW) = (Quotient.Up(plan.Out.H, tileHeight), Quotient.Up(plan.Out.W, TileWidth));
        int frames = plan.Taps.T == 1 ? 1 : Math.Min(plan.Out.T, FewestFrames);
        _linesPerBlock = Math.Clamp(rows / (frames * _tilesW), 1, _tilesH);
        frames = Math.Clamp(rows / (_linesPerBlock * _tilesW), 1, plan.Out.T);
        _framesPerBlock = EvenPart(plan.Out.T, frames);
        _linesPerBlock = EvenPart(_tilesH, _linesPerBlock);
        (_inputsAtOnce, _outputsAtOnce) = (inputsAtOnce, outputsAtOnce);
    }

    /// <summary>
    /// Whether tiles of 5 rows of outputs are clearly faster than tiles of 3. They have 42 points instead of 30, and
    /// pay off for frames that fill them better: those of 4, 5 or 10 rows.
    /// </summary>
    internal static bool IsTall(ConvolutionPlan plan) => 10 * Work(plan, TallHeight) <= 9 * Work(plan, FlatHeight);

    /// <summary>The division of a convolution, or of its data gradient. It does not change the result.</summary>
    /// <returns>The division, and the blocks of a launch.</returns>
    internal static (WinogradPlan Division, long BlockCount) Forward(ConvolutionPlan plan, int coreCount, bool isTall)
    {
        int height = isTall ? TallHeight : FlatHeight;
        int rows = Math.Clamp(plan.InGroup * RowsPerChannel, RowsOfFewChannels, MostRows);
        long rowCount = RowCount(plan, height);
        int wanted = coreCount * BlocksPerCore;
        int panels = Quotient.Up(plan.OutGroup, PanelWidth);
        int parts = Quotient.Up(panels, OutputsAtOnce / PanelWidth);
        long rowBlocks = Math.Max(1, rowCount / rows);
        if (rowBlocks * parts < wanted)
        {
            parts = (int)Math.Min(panels, Quotient.Up(wanted, rowBlocks));
            rows = (int)Math.Clamp(rowCount * parts / wanted, FewestRows, rows);
        }

        bool hasFewRows = rowCount <= FewRows;
        int outputs = hasFewRows ? OutputsOfFewRows : Quotient.Up(panels, parts) * PanelWidth;
        WinogradPlan division = new(plan, height, rows, EvenInputs(plan, hasFewRows), outputs);
        return (division, division.TileBlockCount(plan) * Quotient.Up(plan.OutGroup, outputs));
    }

    /// <summary>The division of a weight gradient.</summary>
    /// <returns>The division, the segments of the blocks of tiles, and the blocks of a launch.</returns>
    internal static (WinogradPlan Division, int SegmentCount, long BlockCount) WeightGradient(ConvolutionPlan plan)
    {
        bool hasFewRows = RowCount(plan, FlatHeight) <= FewRows;
        int outputs = hasFewRows ? OutputsOfFewRows : EvenOutputs(plan);
        int inputs = EvenInputs(plan, hasFewRows);
        WinogradPlan division = new(plan, FlatHeight, GradientRows, inputs, outputs);
        int parts = Quotient.Up(plan.OutGroup, outputs) * Quotient.Up(plan.InGroup, inputs);
        int segments = (int)Math.Min(division.TileBlockCount(plan), Quotient.Up(FewestGradientBlocks, parts));
        return (division, segments, (long)parts * segments);
    }

    private static long RowCount(ConvolutionPlan plan, int tileHeight) =>
        (long)plan.ClipCount * plan.Out.T * Quotient.Up(plan.Out.H, tileHeight) * Quotient.Up(plan.Out.W, TileWidth);

    /// <returns>
    /// The estimated time of the products and of the weights' transform, in rows times the points of a patch's column.
    /// </returns>
    private static long Work(ConvolutionPlan plan, int tileHeight)
    {
        long rows = RowCount(plan, tileHeight);
        return (tileHeight + 2) * ((Quotient.Up(rows, StripRows) * StripRows) + RowsOfWeights);
    }

    private static int EvenInputs(ConvolutionPlan plan, bool hasFewRows)
    {
        int most = hasFewRows ? InputsOfFewRows : InputsAtOnce;
        return EvenPart(Quotient.Up(plan.InGroup, ChannelGranularity), most / ChannelGranularity) * ChannelGranularity;
    }

    private static int EvenOutputs(ConvolutionPlan plan) =>
        EvenPart(Quotient.Up(plan.OutGroup, PanelWidth), OutputsAtOnce / PanelWidth) * PanelWidth;

    private long TileBlockCount(ConvolutionPlan plan) =>
        (long)plan.ClipCount * Quotient.Up(plan.Out.T, _framesPerBlock) * Quotient.Up(_tilesH, _linesPerBlock);

    /// <returns>The smallest part size with no more parts than the given one: parts are as even as possible.</returns>
    private static int EvenPart(int size, int part) => Quotient.Up(size, Quotient.Up(size, part));
}
