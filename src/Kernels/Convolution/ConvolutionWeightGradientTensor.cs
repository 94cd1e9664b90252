using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Kernels.Convolution;

/// <summary>Launches <c>ConvolutionWeightGradientTensor.cu</c>: gradients of weights on tensor cores, for
/// <see cref="ConvolutionWeightGradient"/>.</summary>
internal static class ConvolutionWeightGradientTensor
{
    private const string File = "Convolution/ConvolutionWeightGradientTensor.cu";

    private static readonly KernelSource s_source =
        Source(File, TensorCores.Types, [.. MatrixTiling.All.Select(tiling => tiling.Variant)]);

    private static readonly KernelSource s_warpgroupSource =
        Source(File, TensorCores.WarpgroupTypes, [.. Warpgroups.Select(tiling => tiling.Variant)]);

    /// <summary>The tilings by warpgroups: the taps that a box has are those of the tile.</summary>
    internal static IEnumerable<MatrixTiling> Warpgroups => MatrixTiling.Warpgroups.Where(Fits);

    /// <returns>Whether tensor cores can do it: channels on both sides are whole chunks of one group.</returns>
    internal static bool Fits(Tensor x, Tensor dy, ConvolutionPlan plan) =>
        TensorCores.Multiply(x) && plan.Groups == 1 && plan.OutGroup > 0 && plan.Depth <= int.MaxValue
        && plan.RowCount <= int.MaxValue
        && TensorCores.AreRowsAligned(x, plan.InGroup) && TensorCores.AreRowsAligned(dy, plan.OutGroup);

    /// <returns>Whether columns are divided so that whole boxes can be copied.</returns>
    internal static bool Fits(MatrixTiling tiling) => tiling.HasWholeBoxes;

    /// <param name="x">The activations of the convolution, <c>[N, T, H, W, C]</c>; checked, as is all else.</param>
    /// <param name="dy">The gradient that arrives at its result, <c>[N, T', H', W', O]</c>.</param>
    /// <param name="dw">The result, <c>[O, kT, kH, kW, C]</c>; written.</param>
    /// <param name="plan">The convolution's geometry.</param>
    /// <param name="tiling">By default the one that suits the size.</param>
    /// <param name="parts">Into how many parts the sums are divided; by default as suits the size.</param>
    /// <exception cref="ArgumentException">The tiling is not for these elements or this device.</exception>
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
            tiling.Operand(dy, [1, (int)plan.RowCount, plan.OutGroup], isAlong: false, tiling.Rows), dw, sums,
            KernelArgument.Structure(ref plan), slices);
        if (sums is not null) JoinParts.Into(sums, ProductEpilogue.None, dw);
    }

    /// <returns>The kernel's file, with the variants of the tiling's kind.</returns>
    internal static KernelSource SourceOf(MatrixTiling tiling) => tiling.HasWarpgroups ? s_warpgroupSource : s_source;
}
