using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Kernels.Filtering;

/// <summary>
/// Launches <c>FilteredLeakyRelu.cu</c>, or on the CPU <c>FilteredLeakyReluHost.cpp</c>: a leaky ReLU between two
/// filters, applied at a higher sampling rate than that of its input, so that its harmonics do not alias in the output.
/// </summary>
/// <remarks>Karras et al. 2021, Alias-Free Generative Adversarial Networks, section 3 and appendix.</remarks>
public static class FilteredLeakyRelu
{
    private const int WordChannels = 32;

    // Examples of the open variants, which may have any rates and filters: rate 1 without a filter, other rates with
    // six taps per phase; further a planar filter, an odd rate, and taps that do not fill their phases.
    private static readonly FilteredSide[] s_sides =
        [new(1, 1, 1, false), new(2, 12, 12, false), new(4, 24, 24, false)];

    private static readonly FilteredSide s_planar = new(2, 12, 12, true);
    private static readonly string[] s_examples =
    [
        .. from first in s_sides from second in s_sides select Example(first, second),
        Example(s_sides[1], s_planar), Example(s_planar, s_sides[1]), Example(s_planar, s_sides[2]),
        Example(new(3, 10, 10, false), new(1, 5, 5, false)), Example(new(1, 3, 5, true), new(3, 4, 7, true)),
    ];

    private static readonly KernelSource s_source =
        OpenSource("Filtering/FilteredLeakyRelu.cu", AllFloats, [.. s_examples.Select(InSomeMode)]);

    private static readonly KernelSource s_hostSource = OpenSource(
        "Filtering/FilteredLeakyReluHost.cpp", [ElementType.Float64, ElementType.Float32], s_examples);

    /// <param name="upFilter">As for <see cref="Forward"/>.</param>
    /// <param name="downFilter">As for <see cref="Forward"/>.</param>
    /// <param name="options">The rates.</param>
    /// <param name="type">Type of the images.</param>
    /// <returns>
    /// Whether there is a kernel, for the gradient too: not if a block would need more shared memory or registers than
    /// a GPU has.
    /// </returns>
    public static bool HasKernel(
        Tensor? upFilter, Tensor? downFilter, FilteredLeakyReluOptions options, ElementType type)
    {
        if (upFilter is { Shape.Rank: not (1 or 2) } || downFilter is { Shape.Rank: not (1 or 2) }) return false;
        if (options.Up < 1 || options.Down < 1) return false;
        FilteredSide up = FilteredSide.Of(options.Up, upFilter), down = FilteredSide.Of(options.Down, downFilter);
        return FilteredTiling.Exists(up, down, type) && FilteredTiling.Exists(down, up, type);
    }

    /// <param name="x">Images, <c>[N, H, W, C]</c>, floats.</param>
    /// <param name="bias">Added to the pixels, not to the padding, <c>[C]</c>; or null.</param>
    /// <param name="upFilter">
    /// Filter before the activation, Float32: <c>[K]</c>, applied along both axes, or <c>[I, J]</c>; or null. Its
    /// output is multiplied by <c>Up²</c> in all, for the inserted zeros.
    /// </param>
    /// <param name="downFilter">
    /// Filter after the activation, like <paramref name="upFilter"/> but without that factor; or null.
    /// </param>
    /// <param name="options">Rates, padding, slope, gain and clamp.</param>
    /// <param name="withSigns">Whether to return the signs, which <see cref="Linear"/> needs.</param>
    /// <returns>
    /// A new tensor, <c>[N, Q, P, C]</c>, and the signs, two bits per activated element, or null; the caller or its
    /// scope disposes them.
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
        Check(x, upFilter, downFilter, options);
        (FilteredAxis rows, FilteredAxis columns) = Axes(x.Shape, upFilter, downFilter, options);

        Tensor y = Tensor.Empty([x.Shape[0], rows.OutputLength, columns.OutputLength, x.Shape[3]], x.Type, x.Device);
        Tensor? signs = withSigns
            ? Tensor.Empty(SignShape(x.Shape, rows, columns), ElementType.Int32, x.Device)
            : null;
        FilteredMode mode = withSigns ? FilteredMode.WritesSigns : FilteredMode.Plain;
        (FilteredPlan plan, FilteredTiling tiling) = Quickest(
            y, Tilings(x, upFilter, downFilter, options, isAdjoint: false),
            tiling => new FilteredPlan(rows, columns, mode, options, isAdjoint: false, tiling, y));
        Launch(x, bias, upFilter, downFilter, signs, y, plan, tiling);
        return (y, signs);
    }

    /// <summary>The derivative of <see cref="Forward"/> at the point whose signs are given, or its adjoint.</summary>
    /// <param name="x">A tangent of the input; for the adjoint the upstream gradient.</param>
    /// <param name="signs">The signs from <see cref="Forward"/>.</param>
    /// <param name="upFilter">As for <see cref="Forward"/>.</param>
    /// <param name="downFilter">As for <see cref="Forward"/>.</param>
    /// <param name="options">As for <see cref="Forward"/>.</param>
    /// <param name="inputShape">The shape of the input of <see cref="Forward"/>.</param>
    /// <param name="isAdjoint">Whether to apply the adjoint, which gives the gradient of the input.</param>
    /// <returns>
    /// A new tensor, of the shape of the result or, for the adjoint, of the input; the caller or its scope disposes it.
    /// </returns>
    /// <exception cref="ShapeException">Shapes and types do not fit.</exception>
    public static Tensor Linear(
        Tensor x, Tensor signs, Tensor? upFilter, Tensor? downFilter, FilteredLeakyReluOptions options,
        Shape inputShape, bool isAdjoint)
    {
        Require.Float(x);
        Check(x, upFilter, downFilter, options);
        (FilteredAxis rows, FilteredAxis columns) = Axes(inputShape, upFilter, downFilter, options);
        Require.Shape(signs, SignShape(inputShape, rows, columns).ToArray());
        Shape outputShape = [inputShape[0], rows.OutputLength, columns.OutputLength, inputShape[3]];
        Require.Shape(x, (isAdjoint ? outputShape : inputShape).ToArray());

        Tensor y = Tensor.Empty(isAdjoint ? inputShape : outputShape, x.Type, x.Device);
        FilteredTiling[] tilings = Tilings(x, upFilter, downFilter, options, isAdjoint);
        if (isAdjoint)
        {
            (rows, columns) = (rows.Adjoint(), columns.Adjoint());
            (upFilter, downFilter) = (downFilter, upFilter);
        }

        (FilteredPlan plan, FilteredTiling tiling) = Quickest(
            y, tilings,
            tiling => new FilteredPlan(rows, columns, FilteredMode.ReadsSigns, options, isAdjoint, tiling, y));
        Launch(x, null, upFilter, downFilter, signs, y, plan, tiling);
        return y;
    }

    private static void Launch(
        Tensor x, Tensor? bias, Tensor? first, Tensor? second, Tensor? signs, Tensor y, FilteredPlan plan,
        FilteredTiling tiling)
    {
        if (y.ElementCount == 0) return;
        if (HostProduct.IsWidened(x))
        {
            using Tensor wideX = Cast.Forward(x, ElementType.Float32);
            using Tensor? wideBias = bias is null ? null : Cast.Forward(bias, ElementType.Float32);
            using Tensor wideY = Tensor.Empty(y.Shape, ElementType.Float32, y.Device);
            Launch(wideX, wideBias, first, second, signs, wideY, plan, tiling);
            using Tensor rounded = Cast.Forward(wideY, y.Type);
            y.CopyFrom(rounded);
            return;
        }

        bool isHost = x.Device.WarpSize == 1;
        Kernel kernel = isHost
            ? x.Device.Load(s_hostSource, x.Type, tiling.Variant).Kernel("FilteredLeakyReluHost")
            : x.Device.Load(s_source, x.Type, InMode(tiling.Variant, plan.Mode)).Kernel("FilteredLeakyRelu");
        LaunchShape shape = LaunchShape.Blocks(x.Device, plan.BlockCount(y)) with
        {
            SharedBytes = isHost ? 0 : tiling.SharedBytes(x.Type),
            HasLongBlocks = true,
            Cost = LaunchCost.Of(x, bias, signs, y) with
            {
                Operations = plan.Operations(y, tiling.First, tiling.Second),
            },
        };
        kernel.Launch(shape, x, bias, first, second, signs, y, KernelArgument.Structure(ref plan));
    }

    private static void Check(Tensor x, Tensor? upFilter, Tensor? downFilter, FilteredLeakyReluOptions options)
    {
        Require.Positive(options.Gain);
        Require.That(options.Clamp > 0, $"the clamp must be positive, got {options.Clamp}");
        Require.That(
            HasKernel(upFilter, downFilter, options, x.Type),
            $"there is no kernel for {Describe(upFilter, downFilter, options)}");
        foreach (Tensor? filter in new[] { upFilter, downFilter })
        {
            Require.That(
                filter is not { Type: not ElementType.Float32 }, $"the filters must hold 32-bit floats, got {filter}");
        }
    }

    /// <returns>A readable description of what a kernel is compiled for.</returns>
    public static string Describe(Tensor? upFilter, Tensor? downFilter, FilteredLeakyReluOptions options) =>
        $"up {options.Up} with {Taps(upFilter)} and down {options.Down} with {Taps(downFilter)}";

    private static string Taps(Tensor? filter) => filter is null ? "no taps" : $"taps {filter.Shape}";

    // The tiling with the shortest estimated run time. The CPU's kernel is the same for all of them.
    private static (FilteredPlan Plan, FilteredTiling Tiling) Quickest(
        Tensor y, FilteredTiling[] tilings, Func<FilteredTiling, FilteredPlan> plan) =>
        tilings[..(y.Device.WarpSize == 1 ? 1 : tilings.Length)]
            .Select(tiling => (Plan: plan(tiling), Tiling: tiling))
            .MinBy(pair => pair.Plan.Duration(y, pair.Tiling));

    private static FilteredTiling[] Tilings(
        Tensor x, Tensor? upFilter, Tensor? downFilter, FilteredLeakyReluOptions options, bool isAdjoint)
    {
        FilteredSide up = FilteredSide.Of(options.Up, upFilter), down = FilteredSide.Of(options.Down, downFilter);
        return isAdjoint ? FilteredTiling.Find(down, up, x.Type) : FilteredTiling.Find(up, down, x.Type);
    }

    private static (FilteredAxis Rows, FilteredAxis Columns) Axes(
        Shape input, Tensor? upFilter, Tensor? downFilter, FilteredLeakyReluOptions options)
    {
        FilteredSide up = FilteredSide.Of(options.Up, upFilter), down = FilteredSide.Of(options.Down, downFilter);
        return (
            FilteredAxis.Create(input[1], options.UpRows, options.DownBoth, up.Rows, down.Rows),
            FilteredAxis.Create(input[2], options.UpColumns, options.DownBoth, up.Columns, down.Columns));
    }

    private static Shape SignShape(Shape input, FilteredAxis rows, FilteredAxis columns) =>
        [input[0], rows.MiddleLength, columns.MiddleLength, Quotient.Up(input[3], WordChannels), 2];

    private static string InMode(string variant, FilteredMode mode) => $"{variant};Mode={(int)mode}";

    // Each mode with a third of the examples: the mode is independent of rates and filters.
    private static string InSomeMode(string variant, int number) =>
        InMode(variant, (FilteredMode)(number % Enum.GetValues<FilteredMode>().Length));

    private static string Example(FilteredSide first, FilteredSide second) =>
        FilteredTiling.Find(first, second, ElementType.Float32)[0].Variant;
}
