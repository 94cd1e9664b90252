using GenKernels.Kernels.Common;
using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Kernels.Convolution;

/// <summary>Launches <c>ConvolutionTensor.cu</c>: convolutions on tensor cores, for
/// <see cref="Convolution"/>.</summary>
internal static class ConvolutionTensor
{
    // The most padding rows per useful row that tiles may compute because they end with a frame. With smaller frames, a
    // separate launch that scales costs less.
    private const double MostWaste = 0.5;

    private const string File = "Convolution/ConvolutionTensor.cu";

    private static readonly string[] s_forms = ["HasScales=0", "HasScales=1", "HasPhases=1"];

    private static readonly KernelSource s_source = Source(
        File, TensorCores.Types,
        [.. MatrixTiling.All.SelectMany(tiling => s_forms.Select(form => $"{tiling.Variant};{form}"))]);

    private static readonly KernelSource s_warpgroupSource = Source(
        File, TensorCores.WarpgroupTypes,
        [.. MatrixTiling.Warpgroups.Select(tiling => $"{tiling.Variant};{s_forms[0]}")]);

    /// <returns>
    /// Whether tensor cores can convolve: they multiply the type, there is one group, and channels are whole, aligned
    /// chunks of 16 bytes.
    /// </returns>
    /// <param name="x">The activations.</param>
    /// <param name="w">The weights; null if they will be copied to a new tensor, which is aligned.</param>
    /// <param name="plan">The geometry.</param>
    internal static bool Fits(Tensor x, Tensor? w, ConvolutionPlan plan) =>
        TensorCores.Multiply(x) && plan.Groups == 1 && plan.Depth <= int.MaxValue
        && TensorCores.AreRowsAligned(x, plan.InGroup) && (w is null || TensorCores.AreRowsAligned(w));

    /// <returns>Whether the kernel can also scale the input's channels: frames mostly fill tiles.</returns>
    internal static bool FitsScaled(Tensor x, Tensor w, Tensor scales, ConvolutionPlan plan)
    {
        if (!Fits(x, w, plan) || !TensorCores.AreRowsAligned(scales)) return false;
        MatrixTiling tiling = MatrixTiling.For(plan.RowCount, plan.OutGroup, 1);
        long frameRows = (long)plan.Out.H * plan.Out.W;
        return tiling.TileCount(frameRows, 1) * tiling.Rows <= frameRows * (1 + MostWaste);
    }

    /// <param name="x">Activations, <c>[N, T, H, W, C]</c>; checked already, as are the other arguments.</param>
    /// <param name="w">Weights, <c>[O, kT, kH, kW, C]</c>.</param>
    /// <param name="y">The result, <c>[N, T', H', W', O]</c>; written.</param>
    /// <param name="epilogue">Applied to the sums.</param>
    /// <param name="plan">The geometry.</param>
    /// <param name="scales">Factors of the activations, <c>[N, T or 1, C]</c>; or null.</param>
    /// <param name="tiling">Null for the one that suits the size.</param>
    /// <param name="parts">Split-K parts of the sums; null for as many as suit the size.</param>
    /// <exception cref="ArgumentException">
    /// The tiling does not fit the elements, the geometry, the scales or the device.
    /// </exception>
    internal static void Launch(
        Tensor x, Tensor w, Tensor y, ProductEpilogue epilogue, ConvolutionPlan plan, Tensor? scales = null,
        MatrixTiling? tiling = null, int? parts = null)
    {
        tiling ??= MatrixTiling.For(plan.PhaseRowCount, plan.OutGroup, plan.PhaseCount);
        tiling.RequireFits(x, scales is null && plan.FitsPixelBoxes);
        long tiles = TileCount(tiling, plan, scales is not null);
        (int partCount, int slices) = tiling.Division(
            tiles * plan.PhaseCount, tiling.DepthOf(plan.PhaseTapCount, plan.InGroup), x.Type,
            parts);
        EpilogueParameters parameters = epilogue.Parameters(y.Shape);
        using Tensor? sums =
            partCount == 1 ? null : Tensor.Empty([partCount, .. y.Shape.AsSpan()], ElementType.Float32, x.Device);
        LaunchShape shape = new(tiles, partCount, plan.PhaseCount, tiling.Threads,
            scales is null ? tiling.SharedBytes : tiling.SharedBytesWithScales)
        {
            Cost = epilogue.Cost(plan.Operations, x, w, sums ?? y),
        };
        KernelModule module = x.Device.Load(SourceOf(tiling), x.Type, Variant(tiling, plan, scales is not null));
        module.Kernel("ConvolutionTensor").Launch(
            shape, Pixels(tiling, x, plan, tiling.Rows), Weights(tiling, w, plan), scales, epilogue.Factor,
            epilogue.Noise, epilogue.Bias, epilogue.Residual, y, sums, KernelArgument.Structure(ref parameters),
            KernelArgument.Structure(ref plan), slices, scales?.Shape[1] ?? 0, epilogue.AllowsPacks(y) ? 1 : 0);
        if (sums is not null) SplitKReduction.Into(sums, epilogue, y);
    }

    /// <returns>Tiles of the result, or of its largest phase: with scales, tiles end with a frame.</returns>
    internal static long TileCount(MatrixTiling tiling, ConvolutionPlan plan, bool hasScales)
    {
        long frameRows = (long)plan.Out.H * plan.Out.W;
        return hasScales ? plan.RowCount / frameRows * tiling.TileCount(frameRows, plan.OutGroup)
            : tiling.TileCount(plan.PhaseRowCount, plan.OutGroup);
    }

    /// <returns>The activations as a kernel's argument: for warpgroups, a tensor map of boxes of pixels.</returns>
    /// <param name="tiling">The kernel's.</param>
    /// <param name="x">The activations.</param>
    /// <param name="plan">The geometry.</param>
    /// <param name="outputs">The number of outputs whose pixels a box holds.</param>
    internal static KernelArgument Pixels(MatrixTiling tiling, Tensor x, ConvolutionPlan plan, int outputs) =>
        !tiling.HasWarpgroups ? x : KernelArgument.Mapped(
            x, TensorMap.OfIm2col(
                x.Type, [plan.InGroup, plan.In.W, plan.In.H, plan.In.T, plan.ClipCount], outputs, plan.PixelBox));

    private static KernelArgument Weights(MatrixTiling tiling, Tensor w, ConvolutionPlan plan) =>
        !tiling.HasWarpgroups ? w : KernelArgument.Mapped(
            w, TensorMap.OfBoxes(
                w.Type, [plan.InGroup, plan.TapCount, plan.OutGroup],
                [TensorMap.RowLength(w.Type), 1, tiling.Columns]));

    /// <returns>The kernel's source, with the variants of the tiling's kind: warps or warpgroups.</returns>
    internal static KernelSource SourceOf(MatrixTiling tiling) => tiling.HasWarpgroups ? s_warpgroupSource : s_source;

    /// <returns>The defines that a kernel is compiled with.</returns>
    internal static string Variant(MatrixTiling tiling, ConvolutionPlan plan, bool hasScales) =>
        $"{tiling.Variant};{s_forms[plan.PhaseCount > 1 ? 2 : hasScales ? 1 : 0]}";
}
