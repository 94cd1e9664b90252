using GenKernels.Kernels.MatrixProduct;
using GenKernels.Runtime;
using GenKernels.Runtime.Interop;

namespace GenKernels.Benchmarks.Kernels.MatrixProduct;

/// <summary>
/// The generator's mapping and styles (one row per frame, transposed weight), and the gradient of a weight.
/// </summary>
public class MatMulBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        .. Product([1, 1024, 1024], [1, 1024, 1024], transposeX: false, transposeW: true),
        .. Product([1, 160, 1024], [1, 512, 1024], transposeX: false, transposeW: true),
        .. Product([1, 160, 512], [1, 160, 1024], transposeX: true, transposeW: false),
        .. Product([1, 64, 256], [1, 256, 256], transposeX: false, transposeW: true),
    ];

    /// <returns>The result by cuBLASLt.</returns>
    internal static Tensor ByLibrary(
        Tensor x, Tensor w, Shape result, ProductEpilogue epilogue, bool transposeX, bool transposeW)
    {
        Tensor y = Tensor.Empty(result, x.Type, x.Device);
        MatMulLibrary.Launch(x, w, y, epilogue, transposeX, transposeW);
        return y;
    }

    private static IEnumerable<KernelCase> Product(Shape x, Shape w, bool transposeX, bool transposeW)
    {
        (int m, int k) = transposeX ? (x[2], x[1]) : (x[1], x[2]);
        int n = transposeW ? w[1] : w[2];
        KernelCase own = new(
            $"{x}{(transposeX ? "'" : "")} by {w}{(transposeW ? "'" : "")}", [x, w], [1, m, n],
            inputs => MatMul.Forward(inputs[0], inputs[1], transposeX, transposeW), Element)
        { Operations = 2L * m * n * k };
        return own.Beside(NativeLibraries.CuBlasLt, inputs => ByLibrary(
            inputs[0], inputs[1], own.Output, ProductEpilogue.None, transposeX, transposeW));

        double Element(float[][] inputs, long index)
        {
            (long row, long column) = (index / n, index % n);
            double sum = 0;
            for (int p = 0; p < k; p++)
            {
                double left = inputs[0][transposeX ? (p * m) + row : (row * k) + p];
                sum += left * inputs[1][transposeW ? (column * k) + p : (p * n) + column];
            }

            return sum;
        }
    }
}
