using GenKernels.Runtime.Interop;

namespace GenKernels.Kernels.MatrixProduct;

/// <summary>
/// Matrix products by cuBLASLt, one of the algorithms that <see cref="MatMul"/> chooses from on a GPU.
/// </summary>
internal static class MatMulLibrary
{
    // Bytes of a bias that the library's own epilogue may load at once.
    private const int BiasAlignment = 16;

    /// <returns>
    /// Whether the library can be used: it is installed, on a GPU, and there is something to multiply.
    /// </returns>
    /// <param name="x">As in <see cref="MatMul"/>; checked.</param>
    /// <param name="w">Likewise.</param>
    internal static bool Fits(Tensor x, Tensor w) => Fits(x.Device, Math.Min(x.ElementCount, w.ElementCount));

    /// <inheritdoc cref="Fits(Tensor, Tensor)"/>
    /// <param name="device">The device that multiplies.</param>
    /// <param name="count">
    /// Elements of the smaller operand, or multiplications; 0 if there is nothing to multiply.
    /// </param>
    internal static bool Fits(Device device, long count) =>
        device.Kind == DeviceKind.Cuda && NativeLibraries.CuBlasLt.IsFound && count > 0;

    /// <param name="x">As in <see cref="MatMul"/>; checked.</param>
    /// <param name="w">Likewise.</param>
    /// <param name="y">The result, <c>[B, M, N]</c>; written.</param>
    /// <param name="epilogue">
    /// The epilogue. The library only scales and adds a bias; anything more is applied by
    /// <see cref="SplitKReduction"/>, to sums that have not been rounded.
    /// </param>
    /// <param name="transposeX">Whether <paramref name="x"/> is read with rows and columns exchanged.</param>
    /// <param name="transposeW">Whether <paramref name="w"/> is read with rows and columns exchanged.</param>
    /// <exception cref="CudaException">The library rejected the product.</exception>
    internal static void Launch(
        Tensor x, Tensor w, Tensor y, ProductEpilogue epilogue, bool transposeX, bool transposeW)
    {
        MatMulSize size = MatMulSize.Of(x, w, y, transposeX);
        CudaProductShape shape = new(size.M, size.N, size.K, transposeX, transposeW)
        {
            BatchCount = size.Batch,
            StrideA = size.XBatch,
            StrideB = size.WBatch,
        };
        bool isDone = IsOfLibrary(epilogue);
        bool isWide = isDone || y.Type.Size() >= sizeof(float);
        using Tensor? sums = isWide ? null : Tensor.Empty(y.Shape, ElementType.Float32, y.Device);
        (Tensor? bias, float scale) = isDone ? (epilogue.Bias, epilogue.Scale) : (null, 1);
        LaunchCost cost = LaunchCost.Of(x, w, sums ?? y, bias) with { Operations = size.Operations };
        ((CudaDevice)x.Device).Blas.Multiply(shape, x, w, sums ?? y, cost, alpha: scale, bias: bias);
        if (!isDone) SplitKReduction.Into(sums ?? y, epilogue, y);
    }

    /// <returns>
    /// Whether the epilogue is a scale and a bias at most, which the library, too, applies before the only rounding.
    /// </returns>
    private static bool IsOfLibrary(ProductEpilogue epilogue)
    {
        bool fitsBias = epilogue.Bias is not { } bias
            || (bias.Type != ElementType.Float64 && bias.Address % BiasAlignment == 0);
        return fitsBias && (epilogue with { Bias = null, Scale = 1 }).IsNone;
    }
}
