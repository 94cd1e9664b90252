using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Kernels.Filtering;

/// <summary>
/// Launches <c>FilteredLeakyRelu.cu</c>, or on the CPU <c>FilteredLeakyReluHost.cpp</c>: a leaky rectifier between two
/// filters, at a higher rate than that of its input, so that it makes no frequencies that its output cannot hold.
/// </summary>
/// <remarks>Karras et al. 2021, Alias-Free Generative Adversarial Networks, section 3 and appendix.</remarks>
public static class FilteredLeakyRelu
{
    private const int WordChannels = 32;

    // A rate of 1 without a filter, and six taps a phase for the others.
    private static readonly (int Rate, int Taps)[] s_sides = [(1, 1), (2, 12), (4, 24)];
    private static readonly string[] s_variants =
        [.. from first in s_sides from second in s_sides select Variant(first, second)];

    private static readonly KernelSource s_source = Source("Filtering/FilteredLeakyRelu.cu", s_variants);

    private static readonly KernelSource s_hostSource = Source(
        "Filtering/FilteredLeakyReluHost.cpp", [ElementType.Float64, ElementType.Float32], s_variants);

    /// <param name="upFilter">As for <see cref="Forward"/>.</param>
    /// <param name="downFilter">As for <see cref="Forward"/>.</param>
    /// <param name="options">The rates.</param>
    /// <returns>
    /// Whether there is a kernel: both filters are vectors or null, of 1 tap at rate 1, 12 at 2 and 24 at 4.
    /// </returns>
    public static bool HasKernel(Tensor? upFilter, Tensor? downFilter, FilteredLeakyReluOptions options) =>
        upFilter is not { Shape.Rank: not 1 } && downFilter is not { Shape.Rank: not 1 }
        && s_sides.Contains((options.Up, TapCount(upFilter))) && s_sides.Contains((options.Down, TapCount(downFilter)));

    /// <param name="x">Images, <c>[N, H, W, C]</c>, floats.</param>
    /// <param name="bias">Added to the pixels, not to what pads them, <c>[C]</c>; or null.</param>
    /// <param name="upFilter">
    /// Before the activation, <c>[K]</c> of 32-bit floats, applied along both axes with a gain of <c>Up²</c> in all; or
    /// null.
    /// </param>
    /// <param name="downFilter">After it, as <paramref name="upFilter"/> but without a gain; or null.</param>
    /// <param name="options">Rates, paddings, slope, gain and clamp.</param>
    /// <param name="withSigns">Whether <see cref="Linear"/> will be asked for.</param>
    /// <returns>
    /// A new tensor, <c>[N, Q, P, C]</c>, and the signs, two bits for every number that was activated, or null; the
    /// caller or its scope disposes them.
    /// </returns>
    /// <exception cref="ShapeException">
    /// There is no kernel for these filters, or shapes and types do not fit.
    /// </exception>
    public static (Tensor Y, Tensor? Signs) Forward(
        Tensor x, Tensor? bias, Tensor? upFilter, Tensor? downFilter, FilteredLeakyReluOptions options, bool withSigns)
    {
        Require.Float(x);
        Require.Rank(x, 4);
        if (bias is not null) Require.Shape(bias, [x.Shape[3]]);
        if (bias is not null) Require.SameKind(x, bias);
        Check(upFilter, downFilter, options);
        (FilteredAxis rows, FilteredAxis columns) = Axes(x.Shape, upFilter, downFilter, options);

        Tensor y = Tensor.Empty([x.Shape[0], rows.OutputLength, columns.OutputLength, x.Shape[3]], x.Type, x.Device);
        Tensor? signs = withSigns
            ? Tensor.Empty(SignShape(x.Shape, rows, columns), ElementType.Int32, x.Device)
            : null;
        FilteredMode mode = withSigns ? FilteredMode.WritesSigns : FilteredMode.Plain;
        FilteredPlan plan = new(rows, columns, mode, options, isAdjoint: false, y);
        Launch(x, bias, upFilter, downFilter, signs, y, plan, (options.Up, options.Down));
        return (y, signs);
    }

    /// <summary>The derivative of <see cref="Forward"/> at the point whose signs are given, or its adjoint.</summary>
    /// <param name="x">A change of the input; for the adjoint the gradient of the result.</param>
    /// <param name="signs">From <see cref="Forward"/>.</param>
    /// <param name="upFilter">That of <see cref="Forward"/>.</param>
    /// <param name="downFilter">That of <see cref="Forward"/>.</param>
    /// <param name="options">Those of <see cref="Forward"/>.</param>
    /// <param name="inputShape">The shape of the input of <see cref="Forward"/>.</param>
    /// <param name="isAdjoint">Whether the gradient of the input is asked for.</param>
    /// <returns>
    /// A new tensor, of the shape of the result or, for the adjoint, of the input; the caller or its scope disposes it.
    /// </returns>
    /// <exception cref="ShapeException">Shapes and types do not fit.</exception>
    public static Tensor Linear(
        Tensor x, Tensor signs, Tensor? upFilter, Tensor? downFilter, FilteredLeakyReluOptions options,
        Shape inputShape, bool isAdjoint)
    {
        Require.Float(x);
        Check(upFilter, downFilter, options);
        (FilteredAxis rows, FilteredAxis columns) = Axes(inputShape, upFilter, downFilter, options);
        Require.Shape(signs, SignShape(inputShape, rows, columns).ToArray());
        Shape outputShape = [inputShape[0], rows.OutputLength, columns.OutputLength, inputShape[3]];
        Require.Shape(x, (isAdjoint ? outputShape : inputShape).ToArray());

        Tensor y = Tensor.Empty(isAdjoint ? inputShape : outputShape, x.Type, x.Device);
        if (isAdjoint)
        {
            rows = rows.Adjoint(TapCount(upFilter), TapCount(downFilter));
            columns = columns.Adjoint(TapCount(upFilter), TapCount(downFilter));
            FilteredPlan back = new(rows, columns, FilteredMode.ReadsSigns, options, isAdjoint, y);
            Launch(x, null, downFilter, upFilter, signs, y, back, (options.Down, options.Up));
            return y;
        }

        FilteredPlan plan = new(rows, columns, FilteredMode.ReadsSigns, options, isAdjoint, y);
        Launch(x, null, upFilter, downFilter, signs, y, plan, (options.Up, options.Down));
        return y;
    }

    private static void Launch(
        Tensor x, Tensor? bias, Tensor? first, Tensor? second, Tensor? signs, Tensor y, FilteredPlan plan,
        (int Up, int Down) rates)
    {
        if (y.ElementCount == 0) return;
        if (HostProduct.IsWidened(x))
        {
            using Tensor wideX = Cast.Forward(x, ElementType.Float32);
            using Tensor? wideBias = bias is null ? null : Cast.Forward(bias, ElementType.Float32);
            using Tensor wideY = Tensor.Empty(y.Shape, ElementType.Float32, y.Device);
            Launch(wideX, wideBias, first, second, signs, wideY, plan, rates);
            using Tensor rounded = Cast.Forward(wideY, y.Type);
            y.CopyFrom(rounded);
            return;
        }

        bool isHost = x.Device.WarpSize == 1;
        string variant = Variant((rates.Up, TapCount(first)), (rates.Down, TapCount(second)));
        Kernel kernel = isHost
            ? x.Device.Load(s_hostSource, x.Type, variant).Kernel("FilteredLeakyReluHost")
            : x.Device.Load(s_source, x.Type, variant).Kernel("FilteredLeakyRelu");
        LaunchShape shape = LaunchShape.Blocks(x.Device, plan.BlockCount(y)) with
        {
            HasLongBlocks = true,
            Cost = LaunchCost.Of(x, bias, signs, y) with
            {
                Operations = plan.Operations(y, rates.Up, TapCount(first), rates.Down, TapCount(second)),
            },
        };
        kernel.Launch(shape, x, bias, first, second, signs, y, KernelArgument.Structure(ref plan));
    }

    private static void Check(Tensor? upFilter, Tensor? downFilter, FilteredLeakyReluOptions options)
    {
        Require.Positive(options.Gain);
        Require.That(options.Clamp > 0, $"the clamp must be positive, got {options.Clamp}");
        Require.That(
            HasKernel(upFilter, downFilter, options),
            $"there is no kernel for {Describe(upFilter, downFilter, options)}");
        foreach (Tensor? filter in new[] { upFilter, downFilter })
        {
            Require.That(
                filter is not { Type: not ElementType.Float32 }, $"the filters must hold 32-bit floats, got {filter}");
        }
    }

    /// <returns>What sets a kernel apart, for people.</returns>
    public static string Describe(Tensor? upFilter, Tensor? downFilter, FilteredLeakyReluOptions options) =>
        $"up {options.Up} with {Taps(upFilter)} and down {options.Down} with {Taps(downFilter)}";

    private static string Taps(Tensor? filter) => filter is null ? "no taps" : $"taps {filter.Shape}";

    private static int TapCount(Tensor? filter) => filter?.Shape[0] ?? 1;

    private static (FilteredAxis Rows, FilteredAxis Columns) Axes(
        Shape input, Tensor? upFilter, Tensor? downFilter, FilteredLeakyReluOptions options)
    {
        (int up, int down) = (TapCount(upFilter), TapCount(downFilter));
        return (
            FilteredAxis.Create(input[1], options.UpRows, options.DownBoth, up, down),
            FilteredAxis.Create(input[2], options.UpColumns, options.DownBoth, up, down));
    }

    private static Shape SignShape(Shape input, FilteredAxis rows, FilteredAxis columns) =>
        [input[0], rows.MiddleLength, columns.MiddleLength, (input[3] + WordChannels - 1) / WordChannels, 2];

    private static string Variant((int Rate, int Taps) first, (int Rate, int Taps) second) =>
        $"Up={first.Rate};UpTaps={first.Taps};Down={second.Rate};DownTaps={second.Taps}";
}
