using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Vision;

/// <summary>Launches <c>AffineGrid.cu</c>: the sampling grid of an affine map.</summary>
public static class AffineGrid
{
    private static readonly KernelSource s_source = Source("Vision/AffineGrid.cu");

    /// <param name="map">
    /// Maps (column, row, 1) of an output pixel to the (column, row) to sample, <c>[N, 2, 3]</c>, floats; coordinates
    /// are -1 and 1 at the edges of the picture.
    /// </param>
    /// <param name="height">Rows of the output picture; not negative.</param>
    /// <param name="width">Columns of the output picture; not negative.</param>
    /// <returns>A new tensor, <c>[N, height, width, 2]</c>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">The map has another shape.</exception>
    public static Tensor Forward(Tensor map, int height, int width)
    {
        Require.Float(map);
        Require.Shape(map, [-1, 2, 3]);

        Tensor y = Tensor.Empty([map.Shape[0], height, width, 2], map.Type, map.Device);
        if (y.ElementCount == 0) return y;
        RowTiling tiling = new((long)map.Shape[0] * height, width);
        map.Device.Load(s_source, map.Type).Kernel("AffineGrid").Launch(
            tiling.Shape(map.Device) with { Cost = LaunchCost.Of(map, y) }, map, y,
            KernelArgument.Structure(ref tiling), height);
        return y;
    }
}
