using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Convolution;

/// <summary>The geometry of a convolution; laid out as <c>Plan</c> in <c>Plan.cuh</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ConvolutionPlan
{
    // Elements: 640 KB of 32-bit weights of one group.
    internal const int MostDirectWeights = 160 << 10;
    private const int MostDirectWeightsOfOneTap = 32 << 10;
    private const int FewestTileChannels = 12;

    private readonly int _n;
    private readonly Triple _in, _out, _taps, _stride, _before, _dilation, _up;
    private readonly int _groups, _inGroup, _outGroup;

    private ConvolutionPlan(
        int n, Triple input, Triple output, Triple taps, Triple stride, Triple before, Triple dilation, Triple up,
        int groups,
        int inChannels, int outChannels)
    {
        (_n, _in, _out, _taps, _stride, _before, _dilation, _up) =
            (n, input, output, taps, stride, before, dilation, up);
        (_groups, _inGroup, _outGroup) = (groups, inChannels / groups, outChannels / groups);
    }

    /// <summary>Rows of the implicit matrix product: output positions of all clips.</summary>
    internal long RowCount => _n * _out.Product;

    /// <summary>
    /// Multiplications and additions, including those with padding, excluding those with gaps.
    /// </summary>
    internal long Operations => 2 * RowCount * _groups * _outGroup * TapCount * _inGroup / _up.Product;

    /// <summary>Taps over all three axes.</summary>
    internal int TapCount => (int)_taps.Product;

    /// <summary>Lines of taps: taps over time and rows, each of which reads a run of neighbouring columns.</summary>
    internal int LineCount => _taps.T * _taps.H;

    /// <summary>Elements of a line of one group: taps over columns, by channels.</summary>
    internal int LineLength => _taps.W * _inGroup;

    /// <summary>The activations, <c>[N, T, H, W, C]</c>.</summary>
    internal Shape InputShape => [_n, _in.T, _in.H, _in.W, _groups * _inGroup];

    /// <summary>The result, <c>[N, T', H', W', O]</c>.</summary>
    internal Shape OutputShape => [_n, _out.T, _out.H, _out.W, _groups * _outGroup];

    /// <summary>The weights, <c>[O, kT, kH, kW, C / groups]</c>.</summary>
    internal Shape WeightShape => [_groups * _outGroup, _taps.T, _taps.H, _taps.W, _inGroup];

    /// <summary>The weights of the convolution whose adjoint this is, <c>[C, kT, kH, kW, O / groups]</c>.</summary>
    internal Shape AdjointWeightShape => [_groups * _inGroup, _taps.T, _taps.H, _taps.W, _outGroup];

    /// <summary>
    /// How the CPU convolves where nothing was tuned: by tiles wherever their transforms apply and channels fill most
    /// of a vector; else directly where the weights stay in a core's private cache and there are enough columns to keep
    /// in registers; else by packed rows. Measured on a Zen 5: by tiles up to twice the rate that its vector units
    /// could reach without them, directly 0.7 times that rate. On a Xeon, layers of 12 to 24 channels: by tiles 1.2 to
    /// 2.1 times the rate of the other methods; of 8 channels 0.6 to 1.1 times.
    /// </summary>
    internal HostMethod MethodOnHost =>
        IsForTiles && Math.Min(_inGroup, _outGroup) >= FewestTileChannels ? HostMethod.Tiles
        : !IsForDirect ? HostMethod.PackedRows : HostMethod.Direct;

    /// <summary>
    /// Whether columns fill vectors better than output channels do when a convolution is computed directly. Measured on
    /// layers of 8 to 24 channels: up to twice as fast.
    /// </summary>
    internal bool IsForColumnsOnHost =>
        HasPlainColumns && _outGroup % 16 != 0 && _outGroup < 32 && _out.W % 16 == 0;

    /// <summary>K of the implicit matrix product: taps times channels of a group.</summary>
    internal long Depth => (long)TapCount * _inGroup;

    /// <summary>Clips.</summary>
    internal int ClipCount => _n;

    /// <summary>
    /// Sets of outputs for which the same taps fall into gaps, each a convolution without gaps: see <c>Phases.cuh</c>.
    /// </summary>
    internal int PhaseCount => (int)_up.Product;

    /// <summary>Rows of the largest phase.</summary>
    internal long PhaseRowCount => _n * _out.Zip(_up, default, (size, up, _) => CountOf(size, up)).Product;

    /// <summary>K of the phase with the most taps.</summary>
    internal long PhaseDepth => (long)PhaseTapCount * _inGroup;

    /// <summary>The most taps of a phase.</summary>
    internal int PhaseTapCount =>
        (int)_taps.Zip(_up, _dilation, static (taps, up, dilation) =>
            CountOf(taps, ConvolutionPhase.TapStepOf(up, dilation))).Product;

    /// <summary>
    /// Whether TMA (compute capability 9.0) can copy the pixels that outputs read, in im2col mode: one group, no gaps,
    /// and strides, corners and dilated taps within its encoding's limits.
    /// </summary>
    internal bool FitsPixelBoxes =>
        _groups == 1 && PhaseCount == 1 && PixelBox is var box
        && Array.TrueForAll(box.Strides, stride => stride <= PixelBox.MostStride)
        && Array.TrueForAll(box.LowerCorner, PixelBox.Fits)
        && Array.TrueForAll(box.UpperCorner, PixelBox.Fits)
        && _taps.Zip(_dilation, default, static (taps, dilation, _) => (taps - 1) * dilation) is var reach
        && Math.Max(reach.T, Math.Max(reach.H, reach.W)) <= PixelBox.MostTapOffset;

    /// <summary>The pixels that outputs read at their first tap.</summary>
    internal PixelBox PixelBox
    {
        get
        {
            Triple last = _out.Zip(_stride, _before, static (size, step, before) => ((size - 1) * step) - before);
            Triple upper = last.Zip(_in, default, static (end, size, _) => end - (size - 1));
            return new(
                [-_before.W, -_before.H, -_before.T], [upper.W, upper.H, upper.T], [_stride.W, _stride.H, _stride.T]);
        }
    }

    /// <summary>Taps along each axis.</summary>
    internal Triple Taps => _taps;

    internal int Groups => _groups;

    internal int InGroup => _inGroup;

    internal int OutGroup => _outGroup;

    internal Triple In => _in;

    internal Triple Out => _out;

    /// <summary>The input is read with Up - 1 zeros, the gaps, between neighbouring elements of each axis.</summary>
    internal Triple Up => _up;

    internal Triple Stride => _stride;

    internal Triple Before => _before;

    internal Triple Dilation => _dilation;

    /// <summary>Whether the CPU can convolve by Winograd tiles.</summary>
    internal bool IsForTiles =>
        (_taps.H, _taps.W) == (3, 3) && (_stride, _dilation, _up) == (Triple.One, Triple.One, Triple.One)
        && _groups == 1 && _out.H > 1 && _out.W > 1;

    /// <summary>Whether the CPU can convolve with columns as vector lanes.</summary>
    internal bool HasPlainColumns => _groups == 1 && _stride.W == 1 && _up.W == 1;

    /// <summary>Elements of a group's weights, padded to vectors of 16, that the direct method keeps.</summary>
    internal long DirectWeights => (long)TapCount * _inGroup * ((_outGroup + 15) / 16 * 16);

    private bool IsForDirect => !IsForProduct && _out.W >= 4 && DirectWeights <= MostDirectWeights;

    /// <summary>
    /// Whether a convolution with one tap, which is a matrix product without packing, is best computed as one: output
    /// channels do not fill a vector, rows are short or the weights many. Measured on an AMD EPYC with 512-bit vectors:
    /// the direct methods take 1.05 to 4 times as long there.
    /// </summary>
    private bool IsForProduct =>
        IsPlainProduct && (_outGroup < 16 || _out.W <= 8 || DirectWeights > MostDirectWeightsOfOneTap);

    private bool IsPlainProduct =>
        (_taps, _stride, _up, _groups) == (Triple.One, Triple.One, Triple.One, 1) && _in == _out && _before == default;

    /// <summary>The plan of y = conv(x, w).</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    internal static ConvolutionPlan Forward(Shape x, Shape w, ConvolutionOptions options)
    {
        Check(x, w, options);
        Triple taps = new(w[1], w[2], w[3]);
        Triple size = OutputSize(new Triple(x[1], x[2], x[3]), taps, options);
        return new ConvolutionPlan(
            x[0], new Triple(x[1], x[2], x[3]), size, taps, options.Stride, options.Before, options.Dilation,
            Triple.One,
            options.Groups, x[4], w[0]);
    }

    /// <summary>The plan of dx = the adjoint of conv(., w) at dy: a convolution of dy with the flipped kernel and with
    /// gaps in place of strides.</summary>
    internal static ConvolutionPlan DataGradient(Shape dy, Shape w, Triple inputSize, ConvolutionOptions options)
    {
        Triple taps = new(w[1], w[2], w[3]);
        return new ConvolutionPlan(
            dy[0], new Triple(dy[1], dy[2], dy[3]), inputSize, taps, Triple.One,
            OppositeOf(options.Before, taps, options.Dilation), options.Dilation, options.Stride, options.Groups, dy[4],
            w[4] * options.Groups);
    }

    /// <summary>The convolution whose <see cref="DataGradient"/> this is.</summary>
    internal ConvolutionPlan Adjoint => new(
        _n, _out, _in, _taps, _up, OppositeOf(_before, _taps, _dilation), _dilation, Triple.One, _groups,
        _groups * _outGroup, _groups * _inGroup);

    /// <param name="index">Below <see cref="PhaseCount"/>.</param>
    internal ConvolutionPhase Phase(int index)
    {
        Triple number = new(index / _up.W / _up.H, index / _up.W % _up.H, index % _up.W);
        (Triple up, Triple taps, Triple before, Triple dilation) = (_up, _taps, _before, _dilation);
        Triple Each(Func<int, int, int, int, int, int> of) => new(
            of(number.T, up.T, taps.T, before.T, dilation.T), of(number.H, up.H, taps.H, before.H, dilation.H),
            of(number.W, up.W, taps.W, before.W, dilation.W));
        Triple first = Each(ConvolutionPhase.FirstTapOf);
        Triple step = Each((_, gaps, _, _, apart) => ConvolutionPhase.TapStepOf(gaps, apart));
        Triple count = taps.Zip(first, step, (size, start, apart) => CountOf(size - start, apart));
        Triple offset = first.Zip(dilation, before, (tap, apart, pad) => (tap * apart) - pad);
        ConvolutionPlan plan = new(
            _n, _in, _out.Zip(number, up, (size, start, apart) => CountOf(size - start, apart)), count, Triple.One,
            offset.Zip(number, up, (at, start, apart) => -((at + start) / apart)),
            step.Zip(dilation, up, (apart, own, gaps) => apart * own / gaps), Triple.One, _groups, _groups * _inGroup,
            _groups * _outGroup);
        return new ConvolutionPhase(plan, number, first, step, count);
    }

    internal static Triple OutputSize(Triple size, Triple taps, ConvolutionOptions options)
    {
        Triple padded = size.Zip(options.Before, options.After, (length, before, after) => length + before + after);
        Triple reach = taps.Zip(options.Dilation, default, (count, dilation, _) => ((count - 1) * dilation) + 1);
        return padded.Zip(
            reach, options.Stride, (length, span, stride) => length < span ? 0 : ((length - span) / stride) + 1);
    }

    /// <returns>The padding before the first element of the adjoint, given the convolution's, or vice versa.</returns>
    private static Triple OppositeOf(Triple before, Triple taps, Triple dilation) =>
        taps.Zip(dilation, before, (count, apart, pad) => ((count - 1) * apart) - pad);

    /// <returns>The number of elements 0, step, 2 step, ... below <paramref name="size"/>.</returns>
    private static int CountOf(int size, int step) => Math.Max(0, Quotient.Up(size, step));

    /// <summary>The plan in a tuner's tables: sizes, and whatever differs from the defaults.</summary>
    public override string ToString()
    {
        string text = $"{_n} x {_in} x {_groups * _inGroup} to {_out} x {_groups * _outGroup}, {_taps} taps";
        if (_stride != Triple.One) text += $", {_stride} steps";
        if (_before != default) text += $", {_before} before";
        if (_dilation != Triple.One) text += $", {_dilation} dilation";
        if (_up != Triple.One) text += $", {_up} gaps";
        return _groups == 1 ? text : $"{text}, {_groups} groups";
    }

    private static void Check(Shape x, Shape w, ConvolutionOptions options)
    {
        Require.That(x.Rank == 5, $"x must be [N, T, H, W, C], got {x}");
        Require.That(w.Rank == 5, $"w must be [O, kT, kH, kW, C / groups], got {w}");
        Require.That(
            options.Groups > 0 && w[4] * options.Groups == x[4] && w[0] % options.Groups == 0,
            $"weights {w} in {options.Groups} groups do not fit the channels of {x}");
        Require.That(w.Product(1, 4) > 0 && w[4] > 0, $"the kernel {w} is empty");
        Require.That(w.Product(1, 5) <= int.MaxValue, $"a sum over the kernel {w} has 2^31 terms or more");
        (Triple stride, Triple dilation) = (options.Stride, options.Dilation);
        Require.That(Math.Min(stride.T, Math.Min(stride.H, stride.W)) > 0, $"strides must be positive, got {stride}");
        Require.That(stride.Product <= int.MaxValue, $"strides of {stride} are too large together");
        Require.That(
            Math.Min(dilation.T, Math.Min(dilation.H, dilation.W)) > 0, $"dilations must be positive, got {dilation}");
    }
}
