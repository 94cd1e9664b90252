using GenKernels.Kernels.Vision;

namespace GenKernels.Autograd;

/// <content>The family <c>Vision</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Vision() => [.. Interpolations()];

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
}
