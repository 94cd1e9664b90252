namespace GenKernels.Kernels.Convolution;

/// <summary>The ways to convolve on the CPU; the same numbers as in <c>HostMethod.cuh</c>.</summary>
internal enum HostMethod
{
    /// <summary>What outputs meet is packed into rows of a matrix, and multiplied.</summary>
    PackedRows,

    /// <summary>Output channels are the lanes of a vector, a stretch of columns is kept in registers.</summary>
    Direct,

    /// <summary>Tiles of outputs from transformed inputs and weights (Winograd).</summary>
    Tiles,

    /// <summary>As direct, but columns are the lanes. Not for weight gradients.</summary>
    Columns,

    /// <summary>As tiles, of 5 rows of outputs in place of 3. Not for weight gradients.</summary>
    TallTiles,
}
