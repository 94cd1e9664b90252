using GenKernels.Kernels.Common;
using GenKernels.Kernels.Elementwise;

namespace GenKernels.Kernels.MatrixProduct;

/// <summary>
/// Launches <c>MatMul.cu</c>, on tensor cores <c>MatMulTensor.cu</c>, on the CPU <c>MatMulHost.cpp</c>: batched matrix
/// product.
/// </summary>
public static class MatMul
{
    /// <summary>
    /// The <see cref="AppContext"/> switch that makes CPU products and convolutions use GenKernels' own product even
    /// where OpenBLAS is present; read at every launch.
    /// </summary>
    public const string OwnProductSwitch = "GenKernels.OwnProduct";

    private const int Tile = 64;

    private static readonly string[] s_variants =
        ["TransposeX=0;TransposeW=0", "TransposeX=0;TransposeW=1", "TransposeX=1;TransposeW=0",
            "TransposeX=1;TransposeW=1"];

    private static readonly MatMulChoice s_choice = new();

    private static readonly KernelSource s_source =
        Source("MatrixProduct/MatMul.cu", [ElementType.Float64, ElementType.Float32], s_variants);

    private static readonly KernelSource s_hostSource =
        Source("MatrixProduct/MatMulHost.cpp", [ElementType.Float64, ElementType.Float32]);

    /// <summary>The kernel file for CUDA cores.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <param name="x"><c>[B, M, K]</c>, or <c>[B, K, M]</c> if transposed; B = 1 is broadcast.</param>
    /// <param name="w"><c>[B, K, N]</c>, or <c>[B, N, K]</c> if transposed; B = 1 is broadcast.</param>
    /// <param name="transposeX">Whether <paramref name="x"/> is read with rows and columns exchanged.</param>
    /// <param name="transposeW">Whether <paramref name="w"/> is read with rows and columns exchanged.</param>
    /// <returns>The products, <c>[B, M, N]</c>; the caller or its scope disposes them.</returns>
    /// <exception cref="ShapeException">
    /// A rank is not 3, K differs, batches differ and neither is 1, an operand of the epilogue does not fit the result,
    /// or it has a factor for more matrices than a GPU's grid has blocks along y.
    /// </exception>
    /// <exception cref="ArgumentException">The operands do not hold floats, or differ in type or device.</exception>
    public static Tensor Forward(Tensor x, Tensor w, bool transposeX = false, bool transposeW = false) =>
        Forward(x, w, ProductEpilogue.None, transposeX, transposeW);

    /// <inheritdoc cref="Forward(Tensor, Tensor, bool, bool)"/>
    /// <param name="x"><c>[B, M, K]</c>, or <c>[B, K, M]</c> if transposed; B = 1 is broadcast.</param>
    /// <param name="w"><c>[B, K, N]</c>, or <c>[B, N, K]</c> if transposed; B = 1 is broadcast.</param>
    /// <param name="epilogue">Applied to the sums before they are stored.</param>
    /// <param name="transposeX">Whether <paramref name="x"/> is read with rows and columns exchanged.</param>
    /// <param name="transposeW">Whether <paramref name="w"/> is read with rows and columns exchanged.</param>
    public static Tensor Forward(
        Tensor x, Tensor w, ProductEpilogue epilogue, bool transposeX = false, bool transposeW = false)
    {
        Require.Rank(x, 3);
        Require.Rank(w, 3);
        Require.Float(x);
        Require.SameKind(x, w);
        (int m, int k) = transposeX ? (x.Shape[2], x.Shape[1]) : (x.Shape[1], x.Shape[2]);
        (int depth, int n) = transposeW ? (w.Shape[2], w.Shape[1]) : (w.Shape[1], w.Shape[2]);
        Require.That(depth == k, $"{x.Shape} and {w.Shape} do not have the same depth: {k} and {depth}");
        int batch = w.Shape[0] == 1 ? x.Shape[0] : w.Shape[0];
        Require.That(x.Shape[0] == batch || x.Shape[0] == 1, $"batches {x.Shape[0]} and {w.Shape[0]} do not fit");
        epilogue.RequireFits(x, [batch, m, n]);
        bool isDivided = x.Device.WarpSize > 1 && batch > LaunchShape.MostAcross;
        Require.That(
            !isDivided || epilogue.Factor is null,
            $"a product with a factor has at most {LaunchShape.MostAcross} matrices, got {batch}");

        if (HostProduct.IsWidened(x)) return InFloat(x, w, epilogue, transposeX, transposeW);
        Tensor y = Tensor.Empty([batch, m, n], x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        if (x.Device.WarpSize == 1)
        {
            LaunchOnHost(x, w, y, epilogue, transposeX, transposeW);
            return y;
        }

        if (isDivided) LaunchInParts(x, w, y, epilogue, transposeX, transposeW);
        else Launch(x, w, y, epilogue, transposeX, transposeW);
        return y;
    }

    /// <summary>Multiplies by the given algorithm on a device with warps; the operands are already checked.</summary>
    internal static void Launch(
        ProductAlgorithm algorithm, Tensor x, Tensor w, Tensor y, ProductEpilogue epilogue, bool transposeX,
        bool transposeW)
    {
        switch (algorithm.Method)
        {
            case ProductMethod.TensorCores:
                MatMulTensor.Launch(x, w, y, epilogue, transposeX, transposeW, algorithm.Tiling, algorithm.Parts);
                break;
            case ProductMethod.Library:
                MatMulLibrary.Launch(x, w, y, epilogue, transposeX, transposeW);
                break;
            default:
                LaunchOnCudaCores(x, w, y, epilogue, transposeX, transposeW);
                break;
        }
    }

    /// <returns>The defines of the kernel for CUDA cores.</returns>
    internal static string Variant(bool transposeX, bool transposeW) =>
        s_variants[(transposeX ? 2 : 0) + (transposeW ? 1 : 0)];

    private static void Launch(
        Tensor x, Tensor w, Tensor y, ProductEpilogue epilogue, bool transposeX, bool transposeW)
    {
        MatMulKey key = MatMulKey.Of(x, w, epilogue, transposeX, transposeW);
        Launch(x.Device.Tuner.Choose(s_choice, key), x, w, y, epilogue, transposeX, transposeW);
    }

    /// <summary>Splits the batch into launches of at most as many matrices as a grid has blocks along y.</summary>
    private static void LaunchInParts(
        Tensor x, Tensor w, Tensor y, ProductEpilogue epilogue, bool transposeX, bool transposeW)
    {
        (int batch, int m) = (y.Shape[0], y.Shape[1]);
        for (int first = 0; first < batch; first += LaunchShape.MostAcross)
        {
            int count = Math.Min(LaunchShape.MostAcross, batch - first);
            using Tensor xPart = x.Shape[0] == 1 ? x.View(x.Shape) : x.Narrow(first, count);
            using Tensor wPart = w.Shape[0] == 1 ? w.View(w.Shape) : w.Narrow(first, count);
            using Tensor yPart = y.Narrow(first, count);
            using Tensor? noise = epilogue.Noise?.Narrow(first * m, count * m);
            using Tensor? residual = epilogue.Residual?.Narrow(first, count);
            Launch(
                xPart, wPart, yPart, epilogue with { Noise = noise, Residual = residual }, transposeX, transposeW);
        }
    }

    private static void LaunchOnHost(
        Tensor x, Tensor w, Tensor y, ProductEpilogue epilogue, bool transposeX, bool transposeW)
    {
        MatMulSize size = MatMulSize.Of(x, w, y, transposeX);
        EpilogueParameters parameters = epilogue.Parameters(y.Shape);
        HostTiling tiling = HostTiling.Of(size);
        LaunchShape tiles = new(tiling.Tiles(size), 1, 1, 1)
        {
            Cost = epilogue.Cost(size.Operations, x, w, y),
            HasLongBlocks = tiling.HasLongTiles(size),
        };
        x.Device.Load(s_hostSource, x.Type).Kernel("MatMulHost").Launch(
            tiles, x, w, epilogue.Factor, epilogue.Noise, epilogue.Bias, epilogue.Residual, y,
            HostProduct.For(x.Type), KernelArgument.Structure(ref parameters), size.M, size.N, size.K, size.XBatch,
            size.WBatch, transposeX ? 1 : 0, transposeW ? 1 : 0, tiling.Rows, tiling.Columns,
            epilogue.IsNone ? 0 : 1);
    }

    private static void LaunchOnCudaCores(
        Tensor x, Tensor w, Tensor y, ProductEpilogue epilogue, bool transposeX, bool transposeW)
    {
        MatMulSize size = MatMulSize.Of(x, w, y, transposeX);
        EpilogueParameters parameters = epilogue.Parameters(y.Shape);
        LaunchCost cost = epilogue.Cost(size.Operations, x, w, y);
        string variant = Variant(transposeX, transposeW);
        long tiles = (long)Quotient.Up(size.M, Tile) * Quotient.Up(size.N, Tile);
        LaunchShape shape = LaunchShape.Blocks(x.Device, tiles, size.Batch);
        x.Device.Load(s_source, x.Type, variant).Kernel("MatMul").Launch(
            shape with { Cost = cost }, x, w, epilogue.Factor, epilogue.Noise, epilogue.Bias, epilogue.Residual, y,
            KernelArgument.Structure(ref parameters), size.M, size.N, size.K, size.XBatch, size.WBatch);
    }

    /// <summary>
    /// No CPU library multiplies 16-bit floats well: the operands are widened, and the result is rounded once.
    /// </summary>
    private static Tensor InFloat(
        Tensor x, Tensor w, ProductEpilogue epilogue, bool transposeX, bool transposeW)
    {
        using Tensor wideX = Cast.Forward(x, ElementType.Float32);
        using Tensor wideW = Cast.Forward(w, ElementType.Float32);
        using OperandScope scope = new();
        ProductEpilogue wide = epilogue.Cast(ElementType.Float32, scope);
        using Tensor product = Forward(wideX, wideW, wide, transposeX, transposeW);
        return Cast.Forward(product, x.Type);
    }
}
