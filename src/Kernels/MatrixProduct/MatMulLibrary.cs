using GenKernels.Runtime.Interop;

namespace GenKernels.Kernels.MatrixProduct;

/// <summary>Products by cuBLASLt, for <see cref="MatMul"/>: another way to the same result, on a GPU.</summary>
internal static class MatMulLibrary
{
    // What the library's own epilogue may read at once of a bias.
    private const int BiasAlignment = 16;

    /// <returns>Whether the library can do it: it is there, on a GPU, and there is something to multiply.</returns>
    /// <param name="x">As in <see cref="MatMul"/>; checked.</param>
    /// <param name="w">Likewise.</param>
    internal static bool Fits(Tensor x, Tensor w) => Fits(x.Device, Math.Min(x.ElementCount, w.ElementCount));

    /// <inheritdoc cref="Fits(Tensor, Tensor)"/>
    /// <param name="device">That multiplies.</param>
    /// <param name="count">Elements of the smaller operand, or products: 0 where there is nothing to multiply.</param>
    internal static bool Fits(Device device, long count) =>
        device.Kind == DeviceKind.Cuda && NativeLibraries.CuBlasLt.IsFound && count > 0;

    /// <param name="x">As in <see cref="MatMul"/>; checked.</param>
    /// <param name="w">Likewise.</param>
    /// <param name="y">The result, <c>[B, M, N]</c>; written.</param>
    /// <param name="epilogue">
    /// What follows the product. A bare bias is the library's to add; all else is applied by <see cref="JoinParts"/>,
    /// to sums that are not rounded before.
    /// </param>
    /// <param name="transposeX">Whether <paramref name="x"/> is read with rows and columns exchanged.</param>
    /// <param name="transposeW">Whether <paramref name="w"/> is read with rows and columns exchanged.</param>
    /// <exception cref="CudaException">The library refused it.</exception>
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
        bool isDone = epilogue.IsNone || IsBareBias(epilogue);
        bool isWide = isDone || y.Type.Size() >= sizeof(float);
        using Tensor? sums = isWide ? null : Tensor.Empty(y.Shape, ElementType.Float32, y.Device);
        Tensor? bias = isDone ? epilogue.Bias : null;
        LaunchCost cost = LaunchCost.Of(x, w, sums ?? y, bias) with { Operations = size.Operations };
        ((CudaDevice)x.Device).Blas.Multiply(shape, x, w, sums ?? y, cost, bias: bias);
        if (!isDone) JoinParts.Into(sums ?? y, epilogue, y);
    }

    /// <returns>Whether only a bias is added, which the library does as we do: before the one rounding.</returns>
    private static bool IsBareBias(ProductEpilogue epilogue) =>
        epilogue.Bias is { } bias && bias.Type != ElementType.Float64 && bias.Address % BiasAlignment == 0
        && epilogue == ProductEpilogue.None with { Bias = bias };
}
