using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Tests.Kernels.MatrixProduct;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class MatMulTests(Device device)
{
    // Sizes around the tiles: 64 by 64 by 16 on devices with warps; on the host as HostTiling says, and 6 by 32 in its
    // own product.
    private static readonly (int M, int N, int K)[] s_sizes =
    [
        (1, 1, 1), (5, 3, 7), (6, 32, 15), (7, 33, 16), (63, 65, 17), (65, 63, 33), (64, 64, 64), (1, 513, 2),
        (257, 1, 3),
    ];

    [Test]
    public void ProductsMatchTheFormula([Values] FloatType type, [Values] bool transposeX, [Values] bool transposeW)
    {
        foreach ((int m, int n, int k) in s_sizes) Check(type, 1, 1, m, n, k, transposeX, transposeW);
    }

    [Test]
    public void ProductsOfSeveralTilesOnTheHostMatchTheFormula([Values] bool transposeX, [Values] bool transposeW) =>
        Check(FloatType.Float32, 1, 1, 130, 257, 65, transposeX, transposeW);

    [Test]
    public void OurOwnProductIsRightToo(
        [Values(FloatType.Float64, FloatType.Float32)] FloatType type, [Values] bool transposeX,
        [Values] bool transposeW)
    {
        using OwnProduct own = new();
        foreach ((int m, int n, int k) in s_sizes) Check(type, 1, 1, m, n, k, transposeX, transposeW);
        Check(type, 3, 1, 5, 4, 7, transposeX, transposeW);
    }

    [Test]
    public void BatchesAreMultipliedOneByOne([Values] bool transposeX, [Values] bool transposeW)
    {
        foreach ((int batchX, int batchW) in new[] { (3, 3), (3, 1), (1, 3) })
        {
            Check(FloatType.Float32, batchX, batchW, 5, 4, 7, transposeX, transposeW);
            Check(FloatType.Float32, batchX, batchW, 65, 66, 3, transposeX, transposeW);
        }
    }

    [Test]
    public void RectifiedProductsTakeInfinitiesAsPyTorchDoes([Values] FloatType type)
    {
        double[] points = [double.NegativeInfinity, double.PositiveInfinity, double.NaN];
        using Tensor x = TestTensors.From(points, [1, 3, 1], device, type.Element());
        using Tensor w = TestTensors.From([1], [1, 1, 1], device, type.Element());
        using Tensor y = MatMul.Forward(x, w, new ProductEpilogue(null, new(Activation.Relu, Gain: 1)));
        Assert.That(y.ToDoubles(), Is.EqualTo(new[] { 0, double.PositiveInfinity, double.NaN }));
    }

    /// <remarks>A grid has 65,535 blocks along y.</remarks>
    [Test]
    public void MoreMatricesThanAGridHasBlocksAcrossAreMultiplied([Values] bool isShared)
    {
        const int batch = 65_537, k = 2;
        using Tensor x = Normal([batch, 1, k]);
        using Tensor w = TestTensors.Normal([isShared ? 1 : batch, k, 1], seed: 2, device);
        using Tensor noise = TestTensors.Normal([batch], seed: 3, device);
        using Tensor residual = TestTensors.Normal([batch, 1, 1], seed: 4, device);
        ProductEpilogue epilogue = ProductEpilogue.None with { Noise = noise, Residual = residual };
        using Tensor y = MatMul.Forward(x, w, epilogue);
        (double[] left, double[] right) = (x.ToDoubles(), w.ToDoubles());
        double[] expected = [.. noise.ToDoubles().Zip(residual.ToDoubles(), (a, b) => a + b)];
        for (int index = 0; index < batch * k; index++)
        {
            expected[index / k] += left[index] * right[isShared ? index % k : index];
        }

        Expect.CloseSums(y, expected, $"{x.Shape} by {w.Shape}");
    }

    [Test]
    public void AnEmptyDepthGivesZeros([Values] FloatType type)
    {
        using Tensor x = Tensor.Zeros([2, 3, 0], type.Element(), device);
        using Tensor w = Tensor.Zeros([1, 0, 4], type.Element(), device);
        using Tensor y = MatMul.Forward(x, w);
        Assert.That(y.Shape, Is.EqualTo(Shape.Create([2, 3, 4])));
        Assert.That(y.ToDoubles(), Has.All.Zero);
    }

    [Test]
    public void NoRowsOrColumnsGiveNothing()
    {
        using Tensor x = Tensor.Zeros([2, 0, 5], ElementType.Float32, device);
        using Tensor w = Tensor.Zeros([1, 5, 4], ElementType.Float32, device);
        using Tensor y = MatMul.Forward(x, w);
        Assert.That(y.Shape, Is.EqualTo(Shape.Create([2, 0, 4])));
    }

    [Test]
    public void RejectsAMatrixWithoutBatches()
    {
        using Tensor x = Normal([2, 3]);
        using Tensor w = Normal([1, 3, 2]);
        Assert.That(
            () => MatMul.Forward(x, w),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("MatMul: x must have rank 3, got shape [2, 3]"));
    }

    [Test]
    public void RejectsAnotherDepth()
    {
        using Tensor x = Normal([1, 2, 3]);
        using Tensor w = Normal([1, 3, 2]);
        Assert.That(
            () => MatMul.Forward(x, w, transposeW: true),
            Throws.TypeOf<ShapeException>().With.Message.Contains(
                "[1, 2, 3] and [1, 3, 2] do not have the same depth: 3 and 2"));
    }

    [Test]
    public void RejectsBatchesThatDoNotFit()
    {
        using Tensor x = Normal([2, 2, 3]);
        using Tensor w = Normal([3, 3, 2]);
        Assert.That(
            () => MatMul.Forward(x, w),
            Throws.TypeOf<ShapeException>().With.Message.Contains("batches 2 and 3 do not fit"));
    }

    [Test]
    public void RejectsTwoTypes()
    {
        using Tensor x = Normal([1, 2, 3]);
        using Tensor w = Tensor.Zeros([1, 3, 2], ElementType.Float64, device);
        Assert.That(
            () => MatMul.Forward(x, w),
            Throws.ArgumentException.With.Message.Contains("x and w must agree in type and device"));
    }

    private Tensor Normal(Shape shape) => TestTensors.Normal(shape, seed: 1, device);

    private void Check(FloatType type, int batchX, int batchW, int m, int n, int k, bool transposeX, bool transposeW)
    {
        Shape shapeX = transposeX ? [batchX, k, m] : [batchX, m, k];
        Shape shapeW = transposeW ? [batchW, n, k] : [batchW, k, n];
        using Tensor x = TestTensors.Normal(shapeX, seed: 1, device, type.Element());
        using Tensor w = TestTensors.Normal(shapeW, seed: 2, device, type.Element());
        using Tensor y = MatMul.Forward(x, w, transposeX, transposeW);
        int batch = Math.Max(batchX, batchW);
        Assert.That(y.Shape, Is.EqualTo(Shape.Create([batch, m, n])));
        (double[] left, double[] right) = (x.ToDoubles(), w.ToDoubles());
        double[] expected = new double[batch * m * n];
        for (int index = 0; index < expected.Length; index++)
        {
            (int b, int row, int column) = (index / n / m, index / n % m, index % n);
            int startX = batchX == 1 ? 0 : b * m * k, startW = batchW == 1 ? 0 : b * k * n;
            for (int p = 0; p < k; p++)
            {
                double a = left[startX + (transposeX ? (p * m) + row : (row * k) + p)];
                expected[index] += a * right[startW + (transposeW ? (column * k) + p : (p * n) + column)];
            }
        }

        Expect.CloseSums(y, expected, $"{shapeX} by {shapeW}");
    }
}
