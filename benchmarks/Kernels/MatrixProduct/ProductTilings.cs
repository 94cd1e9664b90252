using GenKernels.Kernels.MatrixProduct;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.MatrixProduct;

/// <summary>The tilings of tensor cores that the measured device can be asked for.</summary>
internal static class ProductTilings
{
    /// <returns>All of them; none on a device without warps.</returns>
    internal static IEnumerable<MatrixTiling> For(ElementType type) =>
        BenchmarkDevice.Device.WarpSize == 1 ? [] : MatrixTiling.Candidates(BenchmarkDevice.Device, type);
}
