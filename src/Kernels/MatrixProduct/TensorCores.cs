namespace GenKernels.Kernels.MatrixProduct;

/// <summary>The one place that decides whether tensor cores multiply.</summary>
internal static class TensorCores
{
    // What a copy from global to shared memory moves at once.
    private const int ChunkBytes = 16;

    /// <summary>
    /// The types that tensor cores multiply here; 32-bit floats only where the device may round their factors.
    /// </summary>
    internal static readonly ElementType[] Types =
        [ElementType.Float32, ElementType.Float16, ElementType.BFloat16];

    /// <summary>
    /// The types that warpgroups multiply: they read 32-bit floats as they lie in memory, cut off and not rounded.
    /// </summary>
    internal static readonly ElementType[] WarpgroupTypes = [ElementType.Float16, ElementType.BFloat16];

    /// <returns>Whether products of a tensor's type are for tensor cores, or for the simulation of them.</returns>
    internal static bool Multiply(Tensor x) => Multiply(x.Device, x.Type);

    /// <inheritdoc cref="Multiply(Tensor)"/>
    internal static bool Multiply(Device device, ElementType type) => device.WarpSize > 1 && type switch
    {
        ElementType.Float16 or ElementType.BFloat16 => true,
        ElementType.Float32 => device.Precision.Matrix == MatrixPrecision.Tf32,
        _ => false,
    };

    /// <returns>How products of a tensor's type are computed, where there is a choice.</returns>
    internal static MatrixPrecision PrecisionOf(Tensor x) =>
        x.Type == ElementType.Float32 ? x.Device.Precision.Matrix : MatrixPrecision.Exact;

    /// <returns>Whether so many elements can be copied in whole chunks.</returns>
    internal static bool AreWholeChunks(ElementType type, long elements) => elements * type.Size() % ChunkBytes == 0;

    /// <returns>Whether rows can be copied in whole chunks: they begin at multiples of 16 bytes.</returns>
    /// <param name="x">Whose rows.</param>
    /// <param name="strides">From row to row, and from matrix to matrix, in elements.</param>
    internal static bool AreRowsAligned(Tensor x, params ReadOnlySpan<long> strides)
    {
        long bytes = x.Address;
        foreach (long stride in strides) bytes |= stride * x.Type.Size();
        return bytes % ChunkBytes == 0;
    }
}
