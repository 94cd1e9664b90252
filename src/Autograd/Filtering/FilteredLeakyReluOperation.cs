using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Filtering;
using Filtered = GenKernels.Kernels.Filtering.FilteredLeakyRelu;

namespace GenKernels.Autograd;

/// <summary>A leaky ReLU between an upsampling and a downsampling filter.</summary>
public static class FilteredLeakyReluOperation
{
    /// <summary>
    /// Adds a bias, upsamples with a filter, activates, and downsamples with a filter. Differentiable to any order:
    /// with the signs of the forward pass the operation is linear, and its adjoint uses the same signs with the filters
    /// exchanged.
    /// </summary>
    /// <remarks>
    /// With U and D the filters and M one factor per element between them, 1, slope or 0: y = D M U (x + b),
    /// dx = Uᵀ M Dᵀ g, db = Σ dx. Filters too long for the fused kernel are applied one after the other, which is
    /// reported once (<see cref="Device.Notice"/>).
    /// </remarks>
    /// <param name="x">Images, <c>[N, H, W, C]</c>, floats.</param>
    /// <param name="bias">Added to the pixels but not to their padding, <c>[C]</c>; or null.</param>
    /// <param name="upFilter">
    /// The filter before the activation, 32-bit floats: <c>[K]</c>, applied along both axes, or <c>[I, J]</c>; applied
    /// with a gain of <c>Up²</c>; or null.
    /// </param>
    /// <param name="downFilter">
    /// The filter after the activation, as <paramref name="upFilter"/> but without a gain; or null.
    /// </param>
    /// <param name="options">Rates, paddings, slope, gain and clamp.</param>
    /// <returns><c>[N, Q, P, C]</c>.</returns>
    /// <exception cref="ShapeException">Shapes and types do not fit.</exception>
    public static Variable FilteredLeakyRelu(
        this Variable x, Variable? bias, Tensor? upFilter, Tensor? downFilter, FilteredLeakyReluOptions options)
    {
        if (!Filtered.HasKernel(upFilter, downFilter, options, x.Value.Type))
        {
            x.Device.Notice($"FilteredLeakyRelu: {Filtered.Describe(upFilter, downFilter, options)} has no kernel of "
                + "its own; Upfirdn, BiasActivation and Upfirdn run one after the other");
            return FilteredInSteps(x, bias, upFilter, downFilter, options);
        }

        Variable[] inputs = bias is null ? [x] : [x, bias];
        bool withSigns = GradientMode.Records(inputs);
        (Tensor value, Tensor? signs) =
            Filtered.Forward(x.Value, bias?.Value, upFilter, downFilter, options, withSigns);
        return Variable.FromOperation(nameof(FilteredLeakyRelu), value, inputs, (_, g, needed) =>
        {
            Variable dx = Linear(g, signs!, upFilter, downFilter, options, x.Shape, isAdjoint: true);
            if (bias is null) return [dx];
            return [needed[0] ? dx : null, needed[1] ? dx.SumTo(bias.Shape) : null];
        });
    }

    /// <summary>As <see cref="FilteredLeakyRelu"/> for any filters, with each step a separate operation.</summary>
    internal static Variable FilteredInSteps(
        Variable x, Variable? bias, Tensor? upFilter, Tensor? downFilter, FilteredLeakyReluOptions options)
    {
        float gain = (float)options.Up * options.Up;
        Variable biased = bias is null ? x : x + bias;
        Variable up = Filter(biased, upFilter, options.UpRows, options.UpColumns, options.Flip, gain);
        BiasActivationOptions activation = new(Activation.LeakyRelu, options.Gain, options.Clamp, options.Slope);
        Variable active = up.BiasActivation(null, activation);
        return Filter(active, downFilter, options.DownBoth, options.DownBoth, options.Flip, 1);
    }

    private static Variable Filter(
        Variable x, Tensor? filter, Resampling rows, Resampling columns, bool flip, float gain)
    {
        if (filter is { Shape.Rank: 2 }) return x.Upfirdn2d(filter, rows, columns, flip, gain);
        if (filter is null && rows == new Resampling() && columns == rows) return x;
        Tensor taps = filter ?? Tensor.From([1f], [1], x.Device);
        return x
            .Upfirdn(taps, 1, rows.Up, rows.Down, rows.Before, rows.After, flip)
            .Upfirdn(taps, 2, columns.Up, columns.Down, columns.Before, columns.After, flip, gain);
    }

    private static Variable Linear(
        Variable x, Tensor signs, Tensor? upFilter, Tensor? downFilter, FilteredLeakyReluOptions options,
        Shape inputShape, bool isAdjoint)
    {
        Tensor value = Filtered.Linear(x.Value, signs, upFilter, downFilter, options, inputShape, isAdjoint);
        return Variable.FromOperation("FilteredLeakyReluLinear", value, [x], (_, g) =>
            [Linear(g, signs, upFilter, downFilter, options, inputShape, !isAdjoint)]);
    }
}
