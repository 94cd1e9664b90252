using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Vision;

/// <summary>Launches <c>GridSample.cu</c>: samples pictures bilinearly at given positions.</summary>
public static class GridSample
{
    private static readonly KernelSource s_source = Source("Vision/GridSample.cu");

    /// <param name="x">Pictures, <c>[N, H, W, C]</c>, floats; at least one row and column.</param>
    /// <param name="grid">
    /// Positions to sample, <c>[N, I, J, 2]</c>: column, then row, -1 and 1 at the edges of the picture; Float64 if the
    /// pictures are, else Float32.
    /// </param>
    /// <returns>A new tensor, <c>[N, I, J, C]</c>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">A shape or type does not fit.</exception>
    public static Tensor Forward(Tensor x, Tensor grid)
    {
        Check(x, grid);
        Require.That(x.Shape[1] > 0 && x.Shape[2] > 0, $"there is no pixel in {x.Shape}");
        int channels = x.Shape[3];

        Tensor y = Tensor.Empty(grid.Shape.With(3, channels), x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        GridSamplePlan plan = new(x.Shape[1], x.Shape[2], channels, grid.Shape);
        RowTiling tiling = new(grid.ElementCount / 2, channels);
        x.Device.Load(s_source, x.Type).Kernel("GridSample").Launch(
            tiling.Shape(x.Device) with { Cost = LaunchCost.Of(x, grid, y) }, x, grid, y,
            KernelArgument.Structure(ref tiling), KernelArgument.Structure(ref plan));
        return y;
    }

    /// <summary>The gradient of <see cref="Forward"/> with respect to the pictures: its adjoint.</summary>
    /// <param name="g">The upstream gradient, <c>[N, I, J, C]</c>, floats.</param>
    /// <param name="grid">The grid of the forward pass.</param>
    /// <param name="height">Rows of the pictures; positive.</param>
    /// <param name="width">Columns of the pictures; positive.</param>
    /// <returns>
    /// A new tensor, <c>[N, height, width, C]</c>, bitwise reproducible; the caller or its scope disposes it.
    /// </returns>
    /// <exception cref="ShapeException">
    /// A shape or type does not fit, or grid positions or cells between pixels number 2^31 - 1 or more.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public static Tensor ImageGradient(Tensor g, Tensor grid, int height, int width)
    {
        CheckGradient(g, grid);
        Require.Positive(height);
        Require.Positive(width);
        (int pictures, int channels, long places) = (g.Shape[0], g.Shape[3], grid.ElementCount / 2);
        long cells = pictures * (height + 1L) * (width + 1L);
        Require.That(places < int.MaxValue && cells < int.MaxValue, $"too large: {grid.Shape} and {cells} cells");

        Tensor dx = Tensor.Empty([pictures, height, width, channels], g.Type, g.Device);
        if (dx.ElementCount == 0) return dx;
        KernelModule module = g.Device.Load(s_source, g.Type);
        GridSamplePlan plan = new(height, width, channels, grid.Shape);
        using Tensor heads = Tensor.Zeros([(int)cells], ElementType.Int32, g.Device);
        using Tensor nexts = Tensor.Empty([(int)Math.Max(1, places)], ElementType.Int32, g.Device);
        LaunchShape lists = LaunchShape.Elements(g.Device, places) with
        {
            Cost = LaunchCost.Of(grid, heads, nexts),
            LeavesAnyOrder = true,
        };
        module.Kernel("GridSampleCells").Launch(
            lists, grid, heads, nexts, places, KernelArgument.Structure(ref plan));
        module.Kernel("GridSampleOrder").Launch(
            LaunchShape.Elements(g.Device, cells) with { Cost = LaunchCost.Of(heads, nexts) }, heads, nexts, cells);
        RowTiling tiling = new((long)pictures * height * width, channels);
        module.Kernel("GridSampleGradient").Launch(
            tiling.Shape(g.Device) with { Cost = LaunchCost.Of(g, grid, heads, nexts, dx) }, g, grid, heads, nexts, dx,
            KernelArgument.Structure(ref tiling), KernelArgument.Structure(ref plan));
        return dx;
    }

    /// <summary>The gradient of <see cref="Forward"/> with respect to the grid.</summary>
    /// <param name="g">The upstream gradient, <c>[N, I, J, C]</c>, floats.</param>
    /// <param name="x">The pictures of the forward pass.</param>
    /// <param name="grid">The grid of the forward pass.</param>
    /// <returns>A new tensor of the shape and type of <paramref name="grid"/>; the caller or its scope disposes it.
    /// </returns>
    /// <exception cref="ShapeException">A shape or type does not fit.</exception>
    public static Tensor GridGradient(Tensor g, Tensor x, Tensor grid)
    {
        Check(x, grid);
        CheckGradient(g, grid);
        Require.SameKind(x, g);
        Require.Shape(g, [-1, -1, -1, x.Shape[3]]);
        long places = grid.ElementCount / 2;

        Tensor dgrid = Tensor.Empty(grid.Shape, grid.Type, grid.Device);
        if (places == 0) return dgrid;
        GridSamplePlan plan = new(x.Shape[1], x.Shape[2], x.Shape[3], grid.Shape);
        LaunchShape shape = LaunchShape.WarpPerRow(x.Device, places) with { Cost = LaunchCost.Of(g, x, grid, dgrid) };
        x.Device.Load(s_source, x.Type).Kernel("GridSampleGridGradient").Launch(
            shape, x, grid, g, dgrid, places, KernelArgument.Structure(ref plan));
        return dgrid;
    }

    /// <returns>The element type that grids must have for pictures of the given type.</returns>
    public static ElementType GridType(ElementType type) => type.SumType();

    private static void CheckGradient(Tensor g, Tensor grid)
    {
        Check(g, grid);
        Require.Shape(g, [grid.Shape[0], grid.Shape[1], grid.Shape[2], -1]);
    }

    private static void Check(Tensor x, Tensor grid)
    {
        Require.Float(x);
        Require.Rank(x, 4);
        Require.Shape(grid, [x.Shape[0], -1, -1, 2]);
        Require.Kind(grid, GridType(x.Type), x.Device);
    }
}
