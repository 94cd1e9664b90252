using GenKernels.Kernels.MatrixProduct;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.MatrixProduct;

/// <summary>A case in every tensor-core tiling that the measured device supports.</summary>
internal static class ProductTilings
{
    /// <returns>The case once per tiling; none on a device without warps.</returns>
    /// <param name="plain">The case, by whatever algorithm the device chooses.</param>
    /// <param name="launch">Computes the result from the inputs in a given tiling.</param>
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
