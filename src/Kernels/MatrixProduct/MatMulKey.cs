namespace GenKernels.Kernels.MatrixProduct;

/// <summary>What the running time of a matrix product depends on.</summary>
/// <param name="Type">Type of the elements.</param>
/// <param name="Precision">How 32-bit floats are multiplied.</param>
/// <param name="X">Batch, rows and columns of x in memory, before any transposition.</param>
/// <param name="W">Batch, rows and columns of w, likewise.</param>
/// <param name="TransposeX">Whether x is read with rows and columns exchanged.</param>
/// <param name="TransposeW">Whether w is read with rows and columns exchanged.</param>
/// <param name="IsXAligned">Whether x begins at a multiple of 16 bytes, as copies in whole chunks require.</param>
/// <param name="IsWAligned">Whether w does.</param>
/// <param name="Epilogue">The key of the epilogue.</param>
internal readonly record struct MatMulKey(
    ElementType Type, MatrixPrecision Precision, (int Batch, int Rows, int Columns) X,
    (int Batch, int Rows, int Columns) W, bool TransposeX, bool TransposeW, bool IsXAligned, bool IsWAligned,
    EpilogueKey Epilogue)
{
    /// <summary>Whether all rows of both operands can be copied in whole 16-byte chunks.</summary>
    internal bool HasWholeChunks =>
        IsXAligned && IsWAligned && TensorCores.AreWholeChunks(Type, X.Columns)
        && TensorCores.AreWholeChunks(Type, W.Columns);

    /// <summary>Products in the batch.</summary>
    internal int Batch => Math.Max(X.Batch, W.Batch);

    /// <summary>Rows of a product.</summary>
    internal int M => TransposeX ? X.Columns : X.Rows;

    /// <summary>Columns of a product.</summary>
    internal int N => TransposeW ? W.Rows : W.Columns;

    /// <summary>Terms of a sum.</summary>
    internal int K => TransposeX ? X.Rows : X.Columns;

    /// <returns>The key of a product.</returns>
    internal static MatMulKey Of(Tensor x, Tensor w, in ProductEpilogue epilogue, bool transposeX, bool transposeW) =>
        new(
            x.Type, TensorCores.PrecisionOf(x), (x.Shape[0], x.Shape[1], x.Shape[2]),
            (w.Shape[0], w.Shape[1], w.Shape[2]), transposeX, transposeW, TensorCores.AreRowsAligned(x),
            TensorCores.AreRowsAligned(w), EpilogueKey.Of(epilogue));

    /// <summary>The key as it stands in a tuner's tables.</summary>
    public override string ToString() =>
        $"{Type} {Precision}, {Text(X, TransposeX, IsXAligned)} by {Text(W, TransposeW, IsWAligned)}{Epilogue}";

    private static string Text((int Batch, int Rows, int Columns) size, bool isTransposed, bool isAligned) =>
        $"[{size.Batch}, {size.Rows}, {size.Columns}]{(isTransposed ? " transposed" : "")}"
        + (isAligned ? "" : " unaligned");
}
