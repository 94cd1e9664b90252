using System.Runtime.InteropServices;

namespace GenKernels.Runtime;

/// <summary>
/// How a tensor lies, and which boxes of it the hardware of compute capability 9.0 copies into shared memory by itself:
/// rows of 128 bytes with the swizzle of as many. A launch adds the address; see <c>Common/TensorCopy.cuh</c>.
/// </summary>
/// <remarks>CUDA driver API, "Tensor Map Object Management".</remarks>
internal sealed unsafe class TensorMap
{
    /// <summary>The size of what a kernel is given, in bytes.</summary>
    internal const int Bytes = 128;

    /// <summary>What its address must be a multiple of.</summary>
    internal const int Alignment = 64;

    private const int Axes = 5;
    private const int RowBytes = 128;

    private TensorMap(ElementType type, long[] sizes, long[] strides, int[] box) =>
        (Type, Sizes, Strides, Box) = (type, sizes, strides, box);

    /// <summary>Of the elements: of 16 bits.</summary>
    internal ElementType Type { get; }

    /// <summary>Elements along the axes, the innermost first.</summary>
    internal long[] Sizes { get; }

    /// <summary>Bytes from one to the next along all axes but the innermost.</summary>
    internal long[] Strides { get; }

    /// <summary>Elements of a box along the axes; of pixels: channels and outputs.</summary>
    internal int[] Box { get; }

    /// <summary>The walk over pixels, where boxes are of those.</summary>
    internal PixelWalk? Walk { get; private init; }

    /// <summary>Elements of a row of a box.</summary>
    internal static int RowLength(ElementType type) => RowBytes / type.Size();

    /// <returns>A map of boxes of <paramref name="rows"/> rows of 128 bytes each of a batch of matrices.</returns>
    /// <param name="type">Of the elements.</param>
    /// <param name="rowLength">Elements of a row of a matrix.</param>
    /// <param name="rowCount">Rows of a matrix.</param>
    /// <param name="matrices">In a row.</param>
    /// <param name="rows">Of a box, up to 256.</param>
    internal static TensorMap OfMatrices(ElementType type, long rowLength, long rowCount, long matrices, int rows) =>
        OfBoxes(type, [rowLength, rowCount, matrices], [RowLength(type), rows, 1]);

    /// <returns>A map of boxes of a contiguous tensor.</returns>
    /// <param name="type">Of the elements.</param>
    /// <param name="sizes">Of the tensor, the innermost first.</param>
    /// <param name="box">Of a box, up to 256 each.</param>
    internal static TensorMap OfBoxes(ElementType type, ReadOnlySpan<long> sizes, ReadOnlySpan<int> box) =>
        new(type, AtLeastOne(sizes), ContiguousStrides(type, sizes), box.ToArray());

    /// <returns>A map of the pixels that neighbouring outputs of a convolution meet.</returns>
    /// <param name="type">Of the elements.</param>
    /// <param name="sizes">Channels, columns, rows, frames, clips.</param>
    /// <param name="outputs">Of a box, up to 1,024.</param>
    /// <param name="walk">The geometry.</param>
    internal static TensorMap OfPixels(ElementType type, ReadOnlySpan<long> sizes, int outputs, PixelWalk walk) =>
        new(type, AtLeastOne(sizes), ContiguousStrides(type, sizes), [RowLength(type), outputs]) { Walk = walk };

    /// <summary>Writes what the simt device's kernels take.</summary>
    /// <param name="address">Of the tensor.</param>
    /// <param name="target"><see cref="Bytes"/> bytes.</param>
    internal void Simulate(nint address, byte* target)
    {
        SimulatedTensorMap map = new() { Start = address, IsOfPixels = (byte)(Walk is null ? 0 : 1) };
        for (int axis = 0; axis < Axes; axis++)
        {
            map.Sizes[axis] = axis < Sizes.Length ? (int)Sizes[axis] : 1;
            map.Box[axis] = axis < Box.Length ? Box[axis] : 1;
            if (axis > 0) map.Strides[axis - 1] = axis <= Strides.Length ? Strides[axis - 1] : 0;
        }

        for (int axis = 0; Walk is { } walk && axis < 3; axis++)
        {
            (map.Lower[axis], map.Upper[axis]) = (walk.Lower[axis], walk.Upper[axis]);
            map.Steps[axis] = (byte)walk.Steps[axis];
        }

        *(SimulatedTensorMap*)target = map;
    }

    // A map cannot be of nothing; no box of it is copied then.
    private static long[] AtLeastOne(ReadOnlySpan<long> sizes)
    {
        long[] some = sizes.ToArray();
        for (int axis = 0; axis < some.Length; axis++) some[axis] = Math.Max(1, some[axis]);
        return some;
    }

    private static long[] ContiguousStrides(ElementType type, ReadOnlySpan<long> sizes)
    {
        long[] strides = new long[sizes.Length - 1];
        long stride = type.Size();
        for (int axis = 0; axis < strides.Length; axis++) strides[axis] = stride *= Math.Max(1, sizes[axis]);
        return strides;
    }

    /// <summary>Where the outputs of a convolution begin, along columns, rows and frames.</summary>
    /// <param name="Lower">Where the first one does: before the first pixel by the padding.</param>
    /// <param name="Upper">Where the last one does, before the last pixel.</param>
    /// <param name="Steps">From one to the next, up to 8.</param>
    internal sealed record PixelWalk(int[] Lower, int[] Upper, int[] Steps)
    {
        /// <summary>The largest step, and the largest distance of a tap from the first.</summary>
        internal const int MostStep = 8, MostTap = 31;

        /// <returns>Whether there is room for a corner.</returns>
        internal static bool HasCorner(int corner) => corner is >= -16 and <= 15;
    }

    [StructLayout(LayoutKind.Sequential, Size = Bytes)]
    private struct SimulatedTensorMap
    {
        internal nint Start;
        internal fixed long Strides[Axes - 1];
        internal fixed int Sizes[Axes];
        internal fixed int Box[Axes];
        internal fixed int Lower[3];
        internal fixed int Upper[3];
        internal fixed byte Steps[3];
        internal byte IsOfPixels;
    }
}
