using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Convolution;

/// <summary>
/// How a convolution by tiles is divided; laid out as <c>WinogradPlan</c> in <c>HostTiles.cuh</c>. What a block of the
/// launch transforms and sums up, some rows of some input and output channels at a time, is some megabytes: a core's
/// share of the third-level cache.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct WinogradPlan
{
    private const int FlatHeight = 3;
    private const int TallHeight = 5;
    private const int TileWidth = 4;
    private const int PanelWidth = 32;

    // A vector of the widest kind.
    private const int ChannelGranularity = 16;

    // Rows that are multiplied together, and how many take as long as a transform of the weights.
    private const int StripRows = 12;
    private const int RowsOfWeights = 36;

    // Every block transforms its weights, so that with few channels, when the weights are few as well, fewer rows are
    // enough.
    private const int MostRows = 512;
    private const int RowsOfFewChannels = 320;
    private const int RowsPerChannel = 4;
    private const int FewestRows = 96;
    private const int GradientRows = 256;

    private const int InputsAtOnce = 128;
    private const int OutputsAtOnce = 128;

    // With few rows most of the time goes to the transforms of weights, or of a gradient's sums, so that a block's stay
    // in the second-level cache: measured 1.2 to 1.5 times as fast.
    private const int FewRows = 32;
    private const int InputsOfFewRows = 64;
    private const int OutputsOfFewRows = PanelWidth;

    // Frames of a block share those that their taps over time add.
    private const int FewestFrames = 8;

    private const int BlocksPerCore = 4;

    // Of a weight gradient the division decides the order of the additions, so that it must depend on the shapes alone.
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
    /// Whether tiles of 5 rows of outputs clearly take less time than those of 3. They have 42 places in place of 30,
    /// and pay where frames are filled better: of 4, 5 or 10 rows.
    /// </summary>
    internal static bool IsTall(ConvolutionPlan plan) => 10 * Work(plan, TallHeight) <= 9 * Work(plan, FlatHeight);

    /// <summary>The division of a convolution, or of its data gradient. It does not change the result.</summary>
    /// <returns>It, and how many blocks a launch has.</returns>
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
    /// <returns>It, into how many segments its tiles are divided, and how many blocks a launch has.</returns>
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

    /// <returns>The time of the products and of the transform of the weights, in places of a column of rows.</returns>
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

    /// <returns>The size of parts that are as many as parts of a size, and as even as can be.</returns>
    private static int EvenPart(int size, int part) => Quotient.Up(size, Quotient.Up(size, part));
}
