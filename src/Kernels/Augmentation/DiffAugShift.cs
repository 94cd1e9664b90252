using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Augmentation;

/// <summary>Launches <c>DiffAugShift.cu</c>: translates clips by whole pixels, and cuts out a rectangle.</summary>
public static class DiffAugShift
{
    // One variant suffices: missing draws are null pointers, and the kernel only moves elements.
    private static readonly KernelSource s_source = Source("Augmentation/DiffAugShift.cu");

    /// <param name="x">Clips, <c>[N, T, H, W, C]</c>, floats.</param>
    /// <param name="rows">How many rows below itself each pixel is read from, <c>[N]</c>, Int32; or null.</param>
    /// <param name="columns">Likewise, columns to the right; null if <paramref name="rows"/> is.</param>
    /// <param name="cutoutRows">The rectangle's centre row, <c>[N]</c>, Int32; or null.</param>
    /// <param name="cutoutColumns">Its centre column; null if <paramref name="cutoutRows"/> is.</param>
    /// <param name="adjoint">
    /// False to translate, then cut; true for the adjoint: to cut the same rectangle, then translate back.
    /// </param>
    /// <returns>A new tensor of the shape of <paramref name="x"/>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">
    /// The clips have another rank, a draw is not one number per clip, or only one draw of a pair is given.
    /// </exception>
    public static Tensor Forward(
        Tensor x, Tensor? rows, Tensor? columns, Tensor? cutoutRows, Tensor? cutoutColumns, bool adjoint = false)
    {
        Require.Float(x);
        Require.Rank(x, 5);
        Require.That(rows is null == columns is null, $"rows and columns come together, or neither does");
        Require.That(
            cutoutRows is null == cutoutColumns is null,
            $"cutoutRows and cutoutColumns come together, or neither does");
        if (rows is not null) ClipDraws.Check(x, rows, ElementType.Int32);
        if (columns is not null) ClipDraws.Check(x, columns, ElementType.Int32);
        if (cutoutRows is not null) ClipDraws.Check(x, cutoutRows, ElementType.Int32);
        if (cutoutColumns is not null) ClipDraws.Check(x, cutoutColumns, ElementType.Int32);
        int rowLength = checked(x.Shape[3] * x.Shape[4]);

        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        RowTiling tiling = new(y.ElementCount / rowLength, rowLength);
        ShiftPlan plan = new(x.Shape, adjoint);
        Kernel kernel = x.Device.Load(s_source, x.Type).Kernel("DiffAugShift");
        LaunchShape shape = tiling.Shape(x.Device) with
        {
            Cost = LaunchCost.Of(x, rows, columns, cutoutRows, cutoutColumns, y),
        };
        kernel.Launch(
            shape, x, rows, columns, cutoutRows, cutoutColumns, y, KernelArgument.Structure(ref tiling),
            KernelArgument.Structure(ref plan));
        return y;
    }

    /// <returns>
    /// The largest translation along either axis: a quarter of the longer axis, rounded to nearest, halves up.
    /// </returns>
    public static int LargestShift(int height, int width) => (int)((Math.Max(height, width) * 0.25) + 0.5);

    /// <returns>The size of the cut rectangle along an axis: half of the axis, rounded up.</returns>
    public static int CutoutSize(int size) => (int)((size * 0.5) + 0.5);

    /// <returns>The number of positions of the rectangle's centre along an axis; they start at 0.</returns>
    public static int CutoutPlaces(int size) => size + 1 - (CutoutSize(size) % 2);
}
