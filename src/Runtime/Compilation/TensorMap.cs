using System.Runtime.InteropServices;

namespace GenKernels.Runtime;

/// <summary>
/// The layout of a tensor, and which boxes of it the Tensor Memory Accelerator (TMA, compute capability 9.0) copies
/// into shared memory: rows of 128 bytes with the 128-byte swizzle. A launch adds the address; see
/// <c>Common/Tma.cuh</c>.
/// </summary>
/// <remarks>CUDA driver API, "Tensor Map Object Management".</remarks>
internal sealed unsafe class TensorMap
{
    /// <summary>The size of the descriptor that a kernel takes (<c>CUtensorMap</c>), in bytes.</summary>
    internal const int Bytes = 128;

    /// <summary>The alignment of the descriptor in bytes.</summary>
    internal const int Alignment = 64;

    private const int Axes = 5;
    private const int RowBytes = 128;

    private TensorMap(ElementType type, long[] sizes, long[] strides, int[] box) =>
        (Type, Sizes, Strides, Box) = (type, sizes, strides, box);

    /// <summary>The element type, of 16 bits.</summary>
    internal ElementType Type { get; }

    /// <summary>Elements along the axes, the innermost first.</summary>
    internal long[] Sizes { get; }

    /// <summary>Strides in bytes of all axes but the innermost.</summary>
    internal long[] Strides { get; }

    /// <summary>Elements of a box along the axes; for an im2col map, channels and outputs.</summary>
    internal int[] Box { get; }

    /// <summary>The bounding box of an im2col map; null for a tiled one.</summary>
    internal PixelBox? PixelBox { get; private init; }

    /// <summary>Elements of a 128-byte row of a box.</summary>
    internal static int RowLength(ElementType type) => RowBytes / type.Size();

    /// <returns>A tiled map of a batch of matrices, in boxes of <paramref name="rows"/> rows of 128 bytes.</returns>
    /// <param name="type">Of the elements.</param>
    /// <param name="rowLength">Elements of a row of a matrix.</param>
    /// <param name="rowCount">Rows of a matrix.</param>
    /// <param name="matrices">Matrices in the batch.</param>
    /// <param name="rows">Rows of a box, up to 256.</param>
    internal static TensorMap OfMatrices(ElementType type, long rowLength, long rowCount, long matrices, int rows) =>
        OfBoxes(type, [rowLength, rowCount, matrices], [RowLength(type), rows, 1]);

    /// <returns>A tiled map of a contiguous tensor.</returns>
    /// <param name="type">Of the elements.</param>
    /// <param name="sizes">Sizes of the tensor, the innermost first.</param>
    /// <param name="box">Sizes of a box, up to 256 each.</param>
    internal static TensorMap OfBoxes(ElementType type, ReadOnlySpan<long> sizes, ReadOnlySpan<int> box) =>
        new(type, AtLeastOne(sizes), ContiguousStrides(type, sizes), box.ToArray());

    /// <returns>An im2col map: the pixels that one tap reads for consecutive outputs of a convolution.</returns>
    /// <param name="type">Of the elements.</param>
    /// <param name="sizes">Channels, columns, rows, frames, clips.</param>
    /// <param name="outputs">Outputs of a box, up to 1,024.</param>
    /// <param name="box">The geometry of the convolution.</param>
    internal static TensorMap OfIm2col(ElementType type, ReadOnlySpan<long> sizes, int outputs, PixelBox box) =>
        new(type, AtLeastOne(sizes), ContiguousStrides(type, sizes), [RowLength(type), outputs]) { PixelBox = box };

    /// <summary>Writes the descriptor that kernels on the simt device take.</summary>
    /// <param name="address">The tensor's address.</param>
    /// <param name="target">Receives <see cref="Bytes"/> bytes.</param>
    internal void Simulate(nint address, byte* target)
    {
        SimulatedTensorMap map = new() { Start = address, IsIm2col = (byte)(PixelBox is null ? 0 : 1) };
        for (int axis = 0; axis < Axes; axis++)
        {
            map.Sizes[axis] = axis < Sizes.Length ? (int)Sizes[axis] : 1;
            map.Box[axis] = axis < Box.Length ? Box[axis] : 1;
            if (axis > 0) map.Strides[axis - 1] = axis <= Strides.Length ? Strides[axis - 1] : 0;
        }

        for (int axis = 0; PixelBox is { } box && axis < 3; axis++)
        {
            (map.LowerCorner[axis], map.UpperCorner[axis]) = (box.LowerCorner[axis], box.UpperCorner[axis]);
            map.ElementStrides[axis] = (byte)box.Strides[axis];
        }

        *(SimulatedTensorMap*)target = map;
    }

    // The driver refuses sizes of zero; no box of an empty tensor is ever copied.
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

    [StructLayout(LayoutKind.Sequential, Size = Bytes)]
    private struct SimulatedTensorMap
    {
        internal nint Start;
        internal fixed long Strides[Axes - 1];
        internal fixed int Sizes[Axes];
        internal fixed int Box[Axes];
        internal fixed int LowerCorner[3];
        internal fixed int UpperCorner[3];
        internal fixed byte ElementStrides[3];
        internal byte IsIm2col;
    }
}
