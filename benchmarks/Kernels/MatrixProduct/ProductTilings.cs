using GenKernels.Kernels.MatrixProduct;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.MatrixProduct;

/// <summary>A case in every tiling of tensor cores that the measured device can be asked for.</summary>
internal static class ProductTilings
{
    /// <returns>The case once for each tiling; none on a device without warps.</returns>
    /// <param name="plain">By whatever way the device chooses.</param>
    /// <param name="launch">Computes the result of the inputs in a tiling.</param>
    internal static IEnumerable<KernelCase> Of(KernelCase plain, Action<Tensor[], Tensor, MatrixTiling> launch) =>
        Candidates(plain.Type).Select(tiling => plain with
        {
            Name = $"{plain.Name}, {tiling}",
            Launch = inputs =>
            {
                Tensor result = Tensor.Empty(plain.Output, plain.Type, BenchmarkDevice.Device);
                launch(inputs, result, tiling);
                return result;
            },
        });

    private static IEnumerable<MatrixTiling> Candidates(ElementType type) =>
        BenchmarkDevice.Device.WarpSize == 1 ? [] : MatrixTiling.Candidates(BenchmarkDevice.Device, type);
}
