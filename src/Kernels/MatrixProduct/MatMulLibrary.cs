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
    /// <param name="leastCount">Elements of the smaller operand.</param>
    internal static bool Fits(Device device, long leastCount) =>
        device.Kind == DeviceKind.Cuda && NativeLibraries.CuBlasLt.IsFound && leastCount > 0;

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
        (int batch, int m, int n) = (y.Shape[0], y.Shape[1], y.Shape[2]);
        int k = x.Shape[transposeX ? 1 : 2];
        CudaProductShape shape = new(m, n, k, transposeX, transposeW)
        {
            BatchCount = batch,
            StrideA = x.Shape[0] == 1 ? 0 : (long)m * k,
            StrideB = w.Shape[0] == 1 ? 0 : (long)k * n,
        };
        bool isDone = epilogue.IsNone || IsBareBias(epilogue);
        bool isWide = isDone || y.Type.Size() >= sizeof(float);
        using Tensor? sums = isWide ? null : Tensor.Empty(y.Shape, ElementType.Float32, y.Device);
        Tensor? bias = isDone ? epilogue.Bias : null;
        LaunchCost cost = LaunchCost.Of(x, w, sums ?? y, bias) with { Operations = 2L * batch * m * n * k };
        ((CudaDevice)x.Device).Blas.Multiply(shape, x, w, sums ?? y, cost, bias: bias);
        if (!isDone) JoinParts.Into(sums ?? y, epilogue, y);
    }

    /// <returns>Whether only a bias is added, which the library does as we do: before the one rounding.</returns>
    private static bool IsBareBias(ProductEpilogue epilogue) =>
        epilogue.Bias is { } bias && bias.Type != ElementType.Float64 && bias.Address % BiasAlignment == 0
        && epilogue == ProductEpilogue.None with { Bias = bias };
}
