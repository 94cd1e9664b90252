using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Tests.Kernels.Elementwise;

namespace GenKernels.Tests.Kernels.MatrixProduct;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class SplitKReductionTests(Device device)
{
    [Test]
    public void PartsAreAddedAndFinished(
        [Values] FloatType type, [Values(1, 3)] int parts, [Values(1, 33, 4100)] int columns)
    {
        const int Rows = 6;
        ElementType element = type.Element();
        ElementType sumType = type == FloatType.Float64 ? ElementType.Float64 : ElementType.Float32;
        const float Scale = 0.75f;
        BiasActivationOptions options = new(Activation.LeakyRelu, 1.5f, 2, 0.3f);
        using Tensor sums = TestTensors.Normal([parts, Rows, columns], seed: 1, device, sumType);
        using Tensor factor = TestTensors.Normal([3, columns], seed: 2, device, element);
        using Tensor noise = TestTensors.Normal([Rows], seed: 3, device, element);
        using Tensor bias = TestTensors.Normal([columns], seed: 4, device, element);
        using Tensor residual = TestTensors.Normal([Rows, columns], seed: 5, device, element);
        using Tensor y = Tensor.Empty([Rows, columns], element, device);
        SplitKReduction.Into(sums, new ProductEpilogue(bias, options, residual, factor, noise, Scale), y);

        (double[] terms, double[] factors) = (sums.ToDoubles(), factor.ToDoubles());
        (double[] offsets, double[] biases, double[] added) =
            (noise.ToDoubles(), bias.ToDoubles(), residual.ToDoubles());
        double[] expected = [.. Enumerable.Range(0, Rows * columns).Select(index =>
        {
            (int row, int column) = (index / columns, index % columns);
            double sum = Enumerable.Range(0, parts).Sum(part => terms[(part * Rows * columns) + index]);
            double z = (Scale * sum * factors[(row / 2 * columns) + column]) + offsets[row] + biases[column];
            return BiasActivationTests.Value(options, z) + added[index];
        })];
        Expect.CloseSums(y, expected);
    }

    [Test]
    public void AProductMayBeScaledAndShiftedByRows(
        [Values] FloatType type, [Values(Activation.Relu, Activation.Swish)] Activation activation)
    {
        const float Scale = 0.5f;
        BiasActivationOptions options = BiasActivationOptions.For(activation, clamp: 1);
        using Tensor x = TestTensors.Normal([2, 4, 8], seed: 1, device, type.Element());
        using Tensor w = TestTensors.Normal([1, 16, 8], seed: 2, device, type.Element());
        using Tensor factor = TestTensors.Normal([4, 16], seed: 3, device, type.Element());
        using Tensor noise = TestTensors.Normal([8], seed: 4, device, type.Element());
        using Tensor y = MatMul.Forward(
            x, w, new ProductEpilogue(null, options, null, factor, noise, Scale), transposeW: true);

        double[] sums = new Product(type, 2, 1, 4, 16, 8, false, true).Sums(x.ToDoubles(), w.ToDoubles());
        (double[] factors, double[] offsets) = (factor.ToDoubles(), noise.ToDoubles());
        double[] expected = [.. sums.Select((sum, index) => BiasActivationTests.Value(
            options, (Scale * sum * factors[(index / 32 * 16) + (index % 16)]) + offsets[index / 16]))];
        Expect.CloseSums(y, expected);
    }

    [Test]
    public void AScaleAloneIsApplied([Values] FloatType type)
    {
        using Tensor x = TestTensors.Normal([1, 40, 24], seed: 1, device, type.Element());
        using Tensor w = TestTensors.Normal([1, 24, 32], seed: 2, device, type.Element());
        using Tensor y = MatMul.Forward(x, w, ProductEpilogue.None with { Scale = 0.3f });

        double[] sums = new Product(type, 1, 1, 40, 32, 24, false, false).Sums(x.ToDoubles(), w.ToDoubles());
        Expect.CloseSums(y, [.. sums.Select(sum => 0.3f * sum)]);
    }

    [Test]
    public void RejectsOperandsThatDoNotFit()
    {
        BiasActivationOptions options = BiasActivationOptions.For(Activation.Linear);
        using Tensor x = TestTensors.Normal([1, 4, 8], seed: 1, device);
        using Tensor w = TestTensors.Normal([1, 8, 2], seed: 2, device);
        using Tensor three = TestTensors.Normal([3], seed: 3, device);
        using Tensor factors = TestTensors.Normal([3, 2], seed: 4, device);
        Assert.That(
            () => MatMul.Forward(x, w, new ProductEpilogue(three, options)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("Bias must have shape [2], got [3]"));
        Assert.That(
            () => MatMul.Forward(x, w, new ProductEpilogue(null, options, Noise: three)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("Noise must have shape [4], got [3]"));
        Assert.That(
            () => MatMul.Forward(x, w, new ProductEpilogue(null, options, Residual: three)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("Residual must have shape [1, 4, 2], got [3]"));
        Assert.That(
            () => MatMul.Forward(x, w, new ProductEpilogue(null, options, Factor: factors)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("3 rows of factors do not divide 4 rows"));
    }

    [Test]
    public void RefusesAFactorForMoreMatricesThanAGridHolds()
    {
        if (device.WarpSize == 1) Assert.Pass("its launches have no such limit");
        int batch = LaunchShape.MostAcross + 1;
        using Tensor x = Tensor.Zeros([batch, 1, 1], ElementType.Float32, device);
        using Tensor w = Tensor.Zeros([1, 1, 1], ElementType.Float32, device);
        using Tensor factors = Tensor.Zeros([batch, 1], ElementType.Float32, device);
        ProductEpilogue epilogue = new(null, BiasActivationOptions.For(Activation.Linear), Factor: factors);
        Assert.That(
            () => MatMul.Forward(x, w, epilogue),
            Throws.TypeOf<ShapeException>().With.Message.Contains("at most 65535 matrices, got 65536"));
    }
}
