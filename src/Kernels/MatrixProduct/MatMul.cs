using GenKernels.Kernels.Elementwise;

namespace GenKernels.Kernels.MatrixProduct;

/// <summary>Launches <c>MatMul.cu</c>, or on the CPU <c>MatMulHost.cpp</c>: batched matrix product.</summary>
public static class MatMul
{
    /// <summary>
    /// The switch of <see cref="AppContext"/> with which the CPU's products and convolutions pass OpenBLAS by, whether
    /// it is there or not; read at every launch.
    /// </summary>
    public const string OwnProductSwitch = "GenKernels.OwnProduct";

    private const int Tile = 64;

    // A tile of this size keeps a core busy for some tens of microseconds at the models' depths, and there are enough
    // of them.
    private const int HostTileRows = 256;
    private const int HostTileColumns = 512;

    private static readonly string[] s_variants =
        ["TransposeX=0;TransposeW=0", "TransposeX=0;TransposeW=1", "TransposeX=1;TransposeW=0",
            "TransposeX=1;TransposeW=1"];

    private static readonly KernelSource s_source = Source("MatrixProduct/MatMul.cu", s_variants);

    private static readonly KernelSource s_hostSource =
        Source("MatrixProduct/MatMulHost.cpp", [ElementType.Float64, ElementType.Float32]);

    /// <param name="x"><c>[B, M, K]</c>, or <c>[B, K, M]</c> if transposed; B may be 1 for all.</param>
    /// <param name="w"><c>[B, K, N]</c>, or <c>[B, N, K]</c> if transposed; B may be 1 for all.</param>
    /// <param name="transposeX">Whether <paramref name="x"/> is read with rows and columns exchanged.</param>
    /// <param name="transposeW">Whether <paramref name="w"/> is read with rows and columns exchanged.</param>
    /// <returns>The products, <c>[B, M, N]</c>; the caller or its scope disposes them.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor Forward(Tensor x, Tensor w, bool transposeX = false, bool transposeW = false)
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

        if (HostProduct.IsWidened(x)) return InFloat(x, w, transposeX, transposeW);
        Tensor y = Tensor.Empty([batch, m, n], x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        long xBatch = x.Shape[0] == 1 ? 0 : (long)m * k;
        long wBatch = w.Shape[0] == 1 ? 0 : (long)k * n;
        LaunchCost cost = LaunchCost.Of(x, w, y) with { Operations = 2 * y.ElementCount * k };
        if (x.Device.WarpSize == 1)
        {
            long blocks = (long)batch * Tiles(m, HostTileRows) * Tiles(n, HostTileColumns);
            LaunchShape tiles = new(blocks, 1, 1, 1) { Cost = cost };
            x.Device.Load(s_hostSource, x.Type).Kernel("MatMulHost").Launch(
                tiles, x, w, y, HostProduct.For(x.Type), m, n, k, xBatch, wBatch, transposeX ? 1 : 0,
                transposeW ? 1 : 0, HostTileRows, HostTileColumns);
            return y;
        }

        string variant = s_variants[(transposeX ? 2 : 0) + (transposeW ? 1 : 0)];
        long tileCount = (long)Tiles(m, Tile) * Tiles(n, Tile);
        LaunchShape shape = LaunchShape.Blocks(x.Device, tileCount, batch) with { Cost = cost };
        x.Device.Load(s_source, x.Type, variant).Kernel("MatMul").Launch(shape, x, w, y, m, n, k, xBatch, wBatch);
        return y;
    }

    private static int Tiles(int size, int tile) => (size + tile - 1) / tile;

    /// <summary>No library of the CPU multiplies 16-bit floats well: they are widened, and the result is rounded
    /// once.</summary>
    private static Tensor InFloat(Tensor x, Tensor w, bool transposeX, bool transposeW)
    {
        using Tensor wideX = Cast.Forward(x, ElementType.Float32);
        using Tensor wideW = Cast.Forward(w, ElementType.Float32);
        using Tensor product = Forward(wideX, wideW, transposeX, transposeW);
        return Cast.Forward(product, x.Type);
    }
}
