using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Autograd;

/// <summary>
/// Convolution, its data gradient and its weight gradient. Each is bilinear, and the gradients of each are the other
/// two, so that all are differentiable to any order.
/// </summary>
public static class ConvolutionOperation
{
    /// <summary>Cross-correlation, as usual in networks, with a residual added in the same launch.</summary>
    /// <param name="x">
    /// Activations, <c>[N, T, H, W, C]</c>; one frame, or one row, where there are fewer dimensions.
    /// </param>
    /// <param name="w">Weights, <c>[O, kT, kH, kW, C / groups]</c>.</param>
    /// <param name="options">Stride, padding, dilation, groups.</param>
    /// <param name="residual">Of the shape of the result, or null.</param>
    /// <returns><c>[N, T', H', W', O]</c>.</returns>
    /// <remarks>dx is the data gradient at (g, w), dw the weight gradient at (x, g), dr = g.</remarks>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Variable Convolution(
        this Variable x, Variable w, ConvolutionOptions options, Variable? residual = null)
    {
        ProductEpilogue epilogue = ProductEpilogue.None with { Residual = residual?.Value };
        Tensor value = Kernels.Convolution.Convolution.Forward(x.Value, w.Value, options, epilogue);
        Variable[] inputs = residual is null ? [x, w] : [x, w, residual];
        return Variable.FromOperation(nameof(Convolution), value, inputs, (_, g, needed) =>
        {
            (Variable? dx, Variable? dw) = Gradients(x, w, options, g, needed);
            return residual is null ? [dx, dw] : [dx, dw, g];
        });
    }

    /// <summary>
    /// y = clamp(gain f(conv(x, w) + bias)), in one launch that saves only y for backward, besides the inputs.
    /// </summary>
    /// <param name="x">
    /// Activations, <c>[N, T, H, W, C]</c>; one frame, or one row, where there are fewer dimensions.
    /// </param>
    /// <param name="w">Weights, <c>[O, kT, kH, kW, C / groups]</c>.</param>
    /// <param name="options">Stride, padding, dilation, groups.</param>
    /// <param name="bias"><c>[O]</c>.</param>
    /// <param name="after">
    /// The activation f, its gain and clamp. Where gradients are recorded and the slope of f does not follow from y,
    /// bias and activation are a separate launch.
    /// </param>
    /// <returns>y, <c>[N, T', H', W', O]</c>.</returns>
    /// <remarks>With dz = g gain f', the gradients of the convolution are those at dz, and db = Σ dz.</remarks>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Variable Convolution(
        this Variable x, Variable w, ConvolutionOptions options, Variable bias, BiasActivationOptions after)
    {
        Variable[] inputs = [x, w, bias];
        bool isRecorded = GradientMode.Records(inputs);
        if (isRecorded && !ScaledGradient.IsToldByResult(after))
        {
            return x.Convolution(w, options).BiasActivation(bias, after);
        }

        ProductEpilogue epilogue = new(bias.Value, after);
        Tensor value = Kernels.Convolution.Convolution.Forward(x.Value, w.Value, options, epilogue);
        return Variable.FromOperation(nameof(Convolution), value, inputs, (y, g, needed) =>
        {
            (Variable dz, Variable? dBias) = g.BackThroughActivation(y, bias, after, needed[2]);
            (Variable? dx, Variable? dw) = Gradients(x, w, options, dz, needed);
            return [dx, dw, dBias];
        });
    }

    /// <inheritdoc cref="Convolution.DataGradient"/>
    /// <remarks>d(dy) is the convolution of (g, w), dw the weight gradient at (g, dy).</remarks>
    public static Variable ConvolutionDataGradient(
        this Variable dy, Variable w, Shape inputShape, ConvolutionOptions options)
    {
        Tensor value = Kernels.Convolution.Convolution.DataGradient(dy.Value, w.Value, inputShape, options);
        return Variable.FromOperation(nameof(ConvolutionDataGradient), value, [dy, w], (_, g, needed) =>
        [
            needed[0] ? g.Convolution(w, options) : null,
            needed[1] ? g.ConvolutionWeightGradient(dy, w.Shape, options) : null,
        ]);
    }

    /// <inheritdoc cref="Kernels.Convolution.ConvolutionWeightGradient.Forward"/>
    /// <remarks>dx is the data gradient at (dy, g), d(dy) the convolution of (x, g).</remarks>
    public static Variable ConvolutionWeightGradient(
        this Variable x, Variable dy, Shape weightShape, ConvolutionOptions options)
    {
        Tensor value = Kernels.Convolution.ConvolutionWeightGradient.Forward(x.Value, dy.Value, weightShape, options);
        return Variable.FromOperation(nameof(ConvolutionWeightGradient), value, [x, dy], (_, g, needed) =>
        [
            needed[0] ? dy.ConvolutionDataGradient(g, x.Shape, options) : null,
            needed[1] ? x.Convolution(g, options) : null,
        ]);
    }

    private static (Variable? X, Variable? W) Gradients(
        Variable x, Variable w, ConvolutionOptions options, Variable g, bool[] needed) => (
        needed[0] ? g.ConvolutionDataGradient(w, x.Shape, options) : null,
        needed[1] ? x.ConvolutionWeightGradient(g, w.Shape, options) : null);
}
