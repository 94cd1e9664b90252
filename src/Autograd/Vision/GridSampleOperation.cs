using Sampling = GenKernels.Kernels.Vision.GridSample;

namespace GenKernels.Autograd;

/// <summary>Samples pictures at the places of a grid; linear in the pictures.</summary>
public static class GridSampleOperation
{
    /// <summary>
    /// Differentiable to any order with respect to the pictures, and once with respect to the grid: that derivative
    /// jumps between pixels, and differentiating it again throws.
    /// </summary>
    /// <inheritdoc cref="Kernels.Vision.GridSample.Forward"/>
    public static Variable GridSample(this Variable x, Variable grid) => Variable.FromOperation(
        nameof(GridSample), Sampling.Forward(x.Value, grid.Value), [x, grid], (_, g, needed) =>
        [
            needed[0] ? ImageGradient(g, grid, x.Shape[1], x.Shape[2]) : null,
            needed[1] ? GridGradient(g, x, grid) : null,
        ]);

    private static Variable ImageGradient(Variable g, Variable grid, int height, int width) => Variable.FromOperation(
        "GridSampleImageGradient", Sampling.ImageGradient(g.Value, grid.Value, height, width), [g, grid],
        (_, upstream, needed) =>
        [
            needed[0] ? upstream.GridSample(grid) : null,
            needed[1] ? GridGradient(g, upstream, grid) : null,
        ]);

    private static Variable GridGradient(Variable g, Variable x, Variable grid) => Variable.FromOperation(
        "GridSampleGridGradient", Sampling.GridGradient(g.Value, x.Value, grid.Value), [g, x, grid],
        (_, _) => throw new NotSupportedException(
            "GridSample: the gradient of the grid cannot be differentiated once more"));
}
