using GenKernels.Kernels.Vision;

namespace GenKernels.Autograd;

/// <content>The family <c>Vision</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Vision() =>
    [
        .. Interpolations(),
        new("GridSample", [[2, 4, 5, 3]], x => x[0].GridSample(Turned(x[0], 6, 3))),
        new("GridSample of many channels at one place", [[1, 3, 2, 67]], x => x[0].GridSample(
            Grid(x[0], [1, 2, 3, 2], 0.1f, 0.2f, 0.1f, 0.2f, 0.1f, 0.2f, 0.1f, 0.2f, 3, 0, -1.2f, 0.9f))),
        new("GridSample at places that vary", [[2, 4, 5, 3], [2, 3, 4, 2]], x => x[0].GridSample(
            (x[1] * 0.6f).Cast(GridSample.GridType(x[0].Type))), Order: 1),
        new("AffineGrid", [[2, 2, 3]], x => x[0].AffineGrid(3, 5)),
    ];

    private static IEnumerable<OpSample> Interpolations()
    {
        foreach (InterpolateKind kind in Enum.GetValues<InterpolateKind>())
        {
            yield return new($"Interpolate {kind} to a larger size", [[2, 4, 3, 3]], x => x[0].Interpolate(
                new(kind, 7, 9)));
            yield return new($"Interpolate {kind} to a smaller size", [[1, 9, 8, 21]], x => x[0].Interpolate(
                new(kind, 4, 3)));
        }

        foreach (InterpolateGrid grid in new[] { InterpolateGrid.Corners, InterpolateGrid.FirstPixel })
        {
            yield return new($"Interpolate from {grid}", [[2, 4, 5, 2]], x => x[0].Interpolate(
                new(InterpolateKind.Bilinear, 7, 3, grid)));
            yield return new($"Interpolate bicubically from {grid}", [[1, 5, 4, 1]], x => x[0].Interpolate(
                new(InterpolateKind.Bicubic, 1, 9, grid)));
        }

        yield return new("Interpolate of one pixel", [[2, 1, 1, 3]], x => x[0].Interpolate(
            new(InterpolateKind.Bicubic, 3, 2)));
        yield return new("UpsampleNearest", [[2, 3, 2, 5]], x => x[0].UpsampleNearest(3));
    }

    /// <summary>A sampling grid that rotates, scales and moves a picture, partly beyond its edges.</summary>
    private static Variable Turned(Variable x, int height, int width)
    {
        Tensor map = Floats(x, 0.9f, -0.7f, 0.3f, 0.6f, 1.1f, -0.2f, 0.5f, 0.1f, 0.2f, -0.2f, 0.4f, 0.1f);
        Variable grid = new Variable(map.View([2, 2, 3])).AffineGrid(height, width);
        return grid.Cast(GridSample.GridType(x.Type));
    }

    private static Variable Grid(Variable x, Shape shape, params float[] places) =>
        new Variable(Floats(x, places).View(shape)).Cast(GridSample.GridType(x.Type));
}
