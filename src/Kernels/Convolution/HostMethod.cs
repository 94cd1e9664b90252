namespace GenKernels.Kernels.Convolution;

/// <summary>The algorithms that convolve on the CPU; the same numbers as in <c>HostMethod.cuh</c>.</summary>
internal enum HostMethod
{
    /// <summary>Im2col: the inputs that outputs read are packed into rows of a matrix, which is multiplied.</summary>
    PackedRows,

    /// <summary>Without packing: output channels are the vector lanes, and a stretch of columns is kept in
    /// registers.</summary>
    Direct,

    /// <summary>Winograd, with tiles of 3 x 4 outputs.</summary>
    Tiles,

    /// <summary>As <see cref="Direct"/>, with columns as the vector lanes. Not for weight gradients.</summary>
    Columns,

    /// <summary>As <see cref="Tiles"/>, with tiles of 5 x 4 outputs. Not for weight gradients.</summary>
    TallTiles,
}
