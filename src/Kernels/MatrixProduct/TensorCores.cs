namespace GenKernels.Kernels.MatrixProduct;

/// <summary>The one place that decides whether tensor cores multiply.</summary>
internal static class TensorCores
{
    // Bytes that one asynchronous copy from global to shared memory moves.
    private const int ChunkBytes = 16;

    /// <summary>
    /// The types that tensor cores multiply here; 32-bit floats only where the device may round them to tf32.
    /// </summary>
    internal static readonly ElementType[] Types =
        [ElementType.Float32, ElementType.Float16, ElementType.BFloat16];

    /// <summary>
    /// The types that warpgroups multiply: not 32-bit floats, which they read as stored, truncated to tf32 and not
    /// rounded.
    /// </summary>
    internal static readonly ElementType[] WarpgroupTypes = [ElementType.Float16, ElementType.BFloat16];

    /// <returns>Whether products of a tensor's type run on tensor cores, or on their simulation.</returns>
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

    /// <returns>Whether this many elements make whole 16-byte chunks.</returns>
    internal static bool AreWholeChunks(ElementType type, long elements) => elements * type.Size() % ChunkBytes == 0;

    /// <returns>Whether rows can be copied in whole chunks: all begin at multiples of 16 bytes.</returns>
    /// <param name="x">The tensor that the rows belong to.</param>
    /// <param name="strides">Strides between rows and between matrices, in elements.</param>
    internal static bool AreRowsAligned(Tensor x, params ReadOnlySpan<long> strides)
    {
        long bytes = x.Address;
        foreach (long stride in strides) bytes |= stride * x.Type.Size();
        return bytes % ChunkBytes == 0;
    }
}
