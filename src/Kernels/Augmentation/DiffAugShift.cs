using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Augmentation;

/// <summary>Launches <c>DiffAugShift.cu</c>: clips are moved by whole pixels, and a rectangle is cut out.</summary>
public static class DiffAugShift
{
    // Draws that are not there are null pointers; nothing is computed, so one variant serves.
    private static readonly KernelSource s_source = Source("Augmentation/DiffAugShift.cu");

    /// <param name="x">Clips, <c>[N, T, H, W, C]</c>, floats.</param>
    /// <param name="rows">How far below itself a pixel is taken from, <c>[N]</c> of 32-bit integers; or null.</param>
    /// <param name="columns">As above, to the right; null where <paramref name="rows"/> is.</param>
    /// <param name="cutoutRows">Where the rectangle's middle row lies, <c>[N]</c> of 32-bit integers; or null.</param>
    /// <param name="cutoutColumns">As above, its column; null where <paramref name="cutoutRows"/> is.</param>
    /// <param name="adjoint">False to move, then cut; true for the adjoint: to cut the same, then move back.</param>
    /// <returns>A new tensor of the shape of <paramref name="x"/>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">
    /// The clips have another rank, a draw is not one number a clip, or one of a pair is missing.
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
        RowWalk walk = new(y.ElementCount / rowLength, rowLength);
        ShiftPlan plan = new(x.Shape, adjoint);
        Kernel kernel = x.Device.Load(s_source, x.Type).Kernel("DiffAugShift");
        LaunchShape shape = walk.Shape(x.Device) with
        {
            Cost = LaunchCost.Of(x, rows, columns, cutoutRows, cutoutColumns, y),
        };
        kernel.Launch(
            shape, x, rows, columns, cutoutRows, cutoutColumns, y, KernelArgument.Structure(ref walk),
            KernelArgument.Structure(ref plan));
        return y;
    }

    /// <returns>How far clips are moved at most, along both axes: a quarter of the longer one.</returns>
    public static int LargestShift(int height, int width) => (int)((Math.Max(height, width) * 0.25) + 0.5);

    /// <returns>The size of the cut rectangle along an axis: half of the axis, halves up.</returns>
    public static int CutoutSize(int size) => (int)((size * 0.5) + 0.5);

    /// <returns>The number of places that the rectangle's middle may be drawn from, 0 to one less.</returns>
    public static int CutoutPlaces(int size) => size + 1 - (CutoutSize(size) % 2);
}
