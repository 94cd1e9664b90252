using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.MatrixProduct;

/// <summary>Launches <c>MatMulTensor.cu</c>: products on tensor cores, for <see cref="MatMul"/>.</summary>
internal static class MatMulTensor
{
    private const string File = "MatrixProduct/MatMulTensor.cu";

    private static readonly KernelSource s_source =
        Source(File, TensorCores.Types, [.. MatrixTiling.All.SelectMany(Variants)]);

    private static readonly KernelSource s_warpgroupSource =
        Source(File, TensorCores.WarpgroupTypes, [.. MatrixTiling.Warpgroups.SelectMany(Variants)]);

    /// <param name="x">As in <see cref="MatMul"/>; checked.</param>
    /// <param name="w">Likewise.</param>
    /// <param name="y">The result, <c>[B, M, N]</c>; written.</param>
    /// <param name="epilogue">Applied to the sums before they are stored.</param>
    /// <param name="transposeX">Whether <paramref name="x"/> is read with rows and columns exchanged.</param>
    /// <param name="transposeW">Whether <paramref name="w"/> is read with rows and columns exchanged.</param>
    /// <param name="tiling">The tiling; by default, the one that suits the size.</param>
    /// <param name="parts">Parts that K is split into (split-K); by default, as many as suit the size.</param>
    /// <exception cref="ArgumentException">
    /// The tiling does not fit the elements, their alignment or the device.
    /// </exception>
    internal static void Launch(
        Tensor x, Tensor w, Tensor y, ProductEpilogue epilogue, bool transposeX, bool transposeW,
        MatrixTiling? tiling = null, int? parts = null)
    {
        MatMulSize size = MatMulSize.Of(x, w, y, transposeX);
        (int batch, int m, int n, int k, long xBatch, long wBatch) = size;
        tiling ??= MatrixTiling.For(m, n, batch);
        bool isXAligned = TensorCores.AreRowsAligned(x, transposeX ? m : k, xBatch);
        bool isWAligned = TensorCores.AreRowsAligned(w, transposeW ? k : n, wBatch);
        tiling.RequireFits(x, isXAligned && isWAligned);
        long tiles = tiling.TileCount(m, n);
        (int partCount, int slices) = tiling.Division(tiles * batch, k, x.Type, parts);

        EpilogueParameters parameters = epilogue.Parameters(y.Shape);
        using Tensor? sums =
            partCount == 1 ? null : Tensor.Empty([partCount, batch, m, n], ElementType.Float32, x.Device);
        LaunchShape shape = new(tiles, batch, partCount, tiling.Threads, tiling.SharedBytes)
        {
            Cost = epilogue.Cost(size.Operations, x, w, sums ?? y),
        };
        x.Device.Load(SourceOf(tiling), x.Type, Variant(tiling, transposeX, transposeW)).Kernel("MatMulTensor").Launch(
            shape, tiling.Operand(x, x.Shape, isKMajor: !transposeX, tiling.Rows),
            tiling.Operand(w, w.Shape, isKMajor: transposeW, tiling.Columns), epilogue.Factor, epilogue.Noise,
            epilogue.Bias, epilogue.Residual, y, sums, KernelArgument.Structure(ref parameters), m, n, k, xBatch,
            wBatch, slices, isXAligned ? 1 : 0, isWAligned ? 1 : 0, epilogue.AllowsPacks(y) ? 1 : 0);
        if (sums is not null) SplitKReduction.Into(sums, epilogue, y);
    }

    /// <returns>The kernel's file, with the variants for the tiling's kind.</returns>
    internal static KernelSource SourceOf(MatrixTiling tiling) => tiling.HasWarpgroups ? s_warpgroupSource : s_source;

    /// <returns>The defines of a kernel.</returns>
    internal static string Variant(MatrixTiling tiling, bool transposeX, bool transposeW) =>
        $"TransposeX={(transposeX ? 1 : 0)};TransposeW={(transposeW ? 1 : 0)};{tiling.Variant}";

    private static IEnumerable<string> Variants(MatrixTiling tiling) =>
        Enumerable.Range(0, 4).Select(index => Variant(tiling, index >= 2, index % 2 == 1));
}
