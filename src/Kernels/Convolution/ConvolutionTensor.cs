using GenKernels.Kernels.Common;
using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Kernels.Convolution;

/// <summary>Launches <c>ConvolutionTensor.cu</c>: convolutions on tensor cores, for
/// <see cref="Convolution"/>.</summary>
internal static class ConvolutionTensor
{
    private static readonly KernelSource s_source = Source(
        "Convolution/ConvolutionTensor.cu", TensorCores.Types, [.. MatrixTiling.All.Select(tiling => tiling.Variant)]);

    /// <returns>Whether tensor cores can convolve: channels are whole chunks of one group.</returns>
    internal static bool Fits(Tensor x, Tensor w, ConvolutionPlan plan) =>
        TensorCores.Multiply(x) && plan.Groups == 1 && plan.Depth <= int.MaxValue
        && TensorCores.AreRowsAligned(x, plan.InGroup) && TensorCores.AreRowsAligned(w);

    /// <param name="x">Activations, <c>[N, T, H, W, C]</c>; checked, as is all else.</param>
    /// <param name="w">Weights, <c>[O, kT, kH, kW, C]</c>.</param>
    /// <param name="y">The result, <c>[N, T', H', W', O]</c>; written.</param>
    /// <param name="epilogue">What follows the sums.</param>
    /// <param name="plan">The geometry.</param>
    /// <param name="tiling">By default the one that suits the size.</param>
    /// <param name="parts">Into how many parts the sums are divided; by default as suits the size.</param>
    internal static void Launch(
        Tensor x, Tensor w, Tensor y, ProductEpilogue epilogue, ConvolutionPlan plan, MatrixTiling? tiling = null,
        int? parts = null)
    {
        tiling ??= MatrixTiling.For(plan.RowCount, plan.OutGroup, 1);
        long tiles = tiling.TileCount(plan.RowCount, plan.OutGroup);
        (int partCount, int slices) = MatrixTiling.Division(tiles, plan.Depth, x.Type, parts);
        EpilogueNumbers numbers = epilogue.Numbers(y.Shape);
        using Tensor? sums =
            partCount == 1 ? null : Tensor.Empty([partCount, .. y.Shape.AsSpan()], ElementType.Float32, x.Device);
        LaunchShape shape = new(tiles, partCount, 1, tiling.Threads, tiling.SharedBytes)
        {
            Cost = epilogue.Cost(plan.Operations, x, w, sums ?? y),
        };
        x.Device.Load(s_source, x.Type, tiling.Variant).Kernel("ConvolutionTensor").Launch(
            shape, x, w, epilogue.Factor, epilogue.Noise, epilogue.Bias, epilogue.Residual, y, sums,
            KernelArgument.Structure(ref numbers), KernelArgument.Structure(ref plan), slices);
        if (sums is not null) JoinParts.Into(sums, epilogue, y);
    }
}
