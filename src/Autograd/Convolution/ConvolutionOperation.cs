using GenKernels.Kernels.Convolution;

namespace GenKernels.Autograd;

/// <summary>
/// Convolution and its two adjoints. Each is linear in both of its arguments, and the gradients of each are the other
/// two, so that all orders are differentiable.
/// </summary>
public static class ConvolutionOperation
{
    /// <inheritdoc cref="Kernels.Convolution.Convolution.Forward(Tensor, Tensor, ConvolutionOptions)"/>
    /// <remarks>dx is the data gradient at (g, w), dw the weight gradient at (x, g).</remarks>
    public static Variable Convolution(this Variable x, Variable w, ConvolutionOptions options)
    {
        Tensor value = Kernels.Convolution.Convolution.Forward(x.Value, w.Value, options);
        return Variable.FromOperation(nameof(Convolution), value, [x, w], (_, g, needed) =>
        [
            needed[0] ? g.ConvolutionDataGradient(w, x.Shape, options) : null,
            needed[1] ? x.ConvolutionWeightGradient(g, w.Shape, options) : null,
        ]);
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
}
