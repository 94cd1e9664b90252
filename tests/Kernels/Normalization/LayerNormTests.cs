using GenKernels.Autograd;
using GenKernels.Kernels.Normalization;

namespace GenKernels.Tests.Kernels.Normalization;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class LayerNormTests(Device device)
{
    private const float Epsilon = 1e-5f;

    [Test]
    public void ForwardMatchesTheFormula(
        [Values] FloatType type, [Values(1, 9)] int rows, [Values(1, 31, 33, 64, 640, 1000)] int channels)
    {
        using Tensor x = TestTensors.Normal([rows, channels], seed: 1, device, type.Element());
        using Tensor w = TestTensors.Normal([channels], seed: 2, device, type.Element());
        using Tensor b = TestTensors.Normal([channels], seed: 3, device, type.Element());
        using Tensor y = LayerNorm.Forward(x, w, b, Epsilon);
        using Tensor plain = LayerNorm.Forward(x, null, null, Epsilon);
        double[] expected = Formula(x);
        (double[] weight, double[] bias) = (w.ToDoubles(), b.ToDoubles());
        Expect.CloseSums(plain, expected, "without weight and bias");
        Expect.CloseSums(y, [.. expected.Select((h, i) => (h * weight[i % channels]) + bias[i % channels])]);
    }

    [Test]
    public void AMeanFarFromZeroCostsNoMoreThanItsRounding()
    {
        using Tensor normal = TestTensors.Normal([3, 500], seed: 1, device);
        double[] values = Array.ConvertAll(normal.ToDoubles(), value => value + 4096);
        using Tensor x = TestTensors.From(values, normal.Shape, device, ElementType.Float32);
        using Tensor y = LayerNorm.Forward(x, null, null, Epsilon);
        Assert.That(y.ToDoubles(), Is.EqualTo(Formula(x)).Within(4096 * 1.2e-7));
    }

    /// <summary>Against the gradient of the composed form, which finite differences prove.</summary>
    [Test]
    public void TheGradientIsThatOfTheComposedForm(
        [Values] FloatType type, [Values(1, 70)] int rows, [Values(1, 31, 65, 300)] int channels)
    {
        using TensorScope scope = device.Scope();
        Tensor[] tensors =
        [
            TestTensors.Normal([rows, channels], seed: 1, device, type.Element()),
            TestTensors.Normal([channels], seed: 2, device, type.Element()),
            TestTensors.Normal([channels], seed: 3, device, type.Element()),
            TestTensors.Normal([rows, channels], seed: 4, device, type.Element()),
        ];
        Variable[] exact = Array.ConvertAll(tensors, tensor => new Variable(
            TestTensors.From(tensor.ToDoubles(), tensor.Shape, device, ElementType.Float64), true));
        Variable[] expected = Gradient.Of(exact[0].LayerNormComposed(exact[1], exact[2], 1e-2f), exact[..3], exact[3]);
        (Tensor dx, Tensor? dw, Tensor? db) = LayerNorm.Backward(tensors[0], tensors[3], tensors[1], tensors[2], 1e-2f);
        Expect.CloseSums(dx, expected[0].Value.ToDoubles(), "x");
        Expect.CloseSums(dw!, expected[1].Value.ToDoubles(), "weight");
        Expect.CloseSums(db!, expected[2].Value.ToDoubles(), "bias");
    }

    [Test]
    public void RejectsABiasOfAnotherLength()
    {
        using Tensor x = TestTensors.Normal([2, 8], seed: 1, device);
        using Tensor b = TestTensors.Normal([4], seed: 1, device);
        Assert.That(
            () => LayerNorm.Forward(x, null, b, Epsilon),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("LayerNorm: bias must have shape [8], got [4]"));
    }

    private static double[] Formula(Tensor x)
    {
        (double[] values, int channels) = (x.ToDoubles(), x.Shape[^1]);
        return [.. values.Chunk(channels).SelectMany(row =>
        {
            double mean = row.Average();
            double variance = row.Average(value => Math.Pow(value - mean, 2));
            return row.Select(value => (value - mean) / Math.Sqrt(variance + Epsilon));
        })];
    }
}
