using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Kernels.Convolution;

/// <summary>Launches <c>ConvolutionWeightGradientTensor.cu</c>: weight gradients on tensor cores, for
/// <see cref="ConvolutionWeightGradient"/>.</summary>
internal static class ConvolutionWeightGradientTensor
{
    private const string File = "Convolution/ConvolutionWeightGradientTensor.cu";

    private static readonly KernelSource s_source =
        Source(File, TensorCores.Types, [.. MatrixTiling.All.Select(tiling => tiling.Variant)]);

    private static readonly KernelSource s_warpgroupSource =
        Source(File, TensorCores.WarpgroupTypes, [.. Warpgroups.Select(tiling => tiling.Variant)]);

    /// <summary>The tilings for warpgroups: those whose columns are whole boxes of channels.</summary>
    internal static IEnumerable<MatrixTiling> Warpgroups => MatrixTiling.Warpgroups.Where(Fits);

    /// <returns>
    /// Whether tensor cores can compute it: they multiply the type, there is one group and less than 2^31 rows, and
    /// channels of x and dy are whole, aligned chunks of 16 bytes.
    /// </returns>
    internal static bool Fits(Tensor x, Tensor dy, ConvolutionPlan plan) =>
        TensorCores.Multiply(x) && plan.Groups == 1 && plan.OutGroup > 0 && plan.Depth <= int.MaxValue
        && plan.RowCount <= int.MaxValue
        && TensorCores.AreRowsAligned(x, plan.InGroup) && TensorCores.AreRowsAligned(dy, plan.OutGroup);

    /// <returns>Whether a tile's columns are whole boxes.</returns>
    internal static bool Fits(MatrixTiling tiling) => tiling.HasWholeBoxes;

    /// <param name="x">
    /// The activations of the convolution, <c>[N, T, H, W, C]</c>; checked already, as are the other arguments.
    /// </param>
    /// <param name="dy">The upstream gradient, <c>[N, T', H', W', O]</c>.</param>
    /// <param name="dw">The result, <c>[O, kT, kH, kW, C]</c>; written.</param>
    /// <param name="plan">The convolution's geometry.</param>
    /// <param name="tiling">Null for the one that suits the size.</param>
    /// <param name="parts">Split-K parts of the sums; null for as many as suit the size.</param>
    /// <exception cref="ArgumentException">
    /// The tiling does not fit the elements, the geometry or the device.
    /// </exception>
    internal static void Launch(
        Tensor x, Tensor dy, Tensor dw, ConvolutionPlan plan, MatrixTiling? tiling = null, int? parts = null)
    {
        tiling ??= MatrixTiling.For(plan.OutGroup, (int)plan.Depth, 1);
        tiling.RequireFits(x, plan.FitsPixelBoxes && Fits(tiling));
        long tiles = tiling.TileCount(plan.OutGroup, (int)tiling.DepthOf(plan.TapCount, plan.InGroup));
        (int partCount, int slices) = tiling.Division(tiles, plan.RowCount, x.Type, parts);
        using Tensor? sums =
            partCount == 1 ? null : Tensor.Empty([partCount, .. dw.Shape.AsSpan()], ElementType.Float32, x.Device);
        LaunchShape shape = new(tiles, partCount, 1, tiling.Threads, tiling.SharedBytes)
        {
            Cost = LaunchCost.Of(x, dy, sums ?? dw) with { Operations = plan.Operations },
        };
        x.Device.Load(SourceOf(tiling), x.Type, tiling.Variant).Kernel("ConvolutionWeightGradientTensor").Launch(
            shape, ConvolutionTensor.Pixels(tiling, x, plan, TensorMap.RowLength(x.Type)),
            tiling.Operand(dy, [1, (int)plan.RowCount, plan.OutGroup], isKMajor: false, tiling.Rows), dw, sums,
            KernelArgument.Structure(ref plan), slices);
        if (sums is not null) SplitKReduction.Into(sums, ProductEpilogue.None, dw);
    }

    /// <returns>The kernel's source, with the variants of the tiling's kind: warps or warpgroups.</returns>
    internal static KernelSource SourceOf(MatrixTiling tiling) => tiling.HasWarpgroups ? s_warpgroupSource : s_source;
}
