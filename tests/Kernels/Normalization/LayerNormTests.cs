using GenKernels.Autograd;
using GenKernels.Kernels.Normalization;

namespace GenKernels.Tests.Kernels.Normalization;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class LayerNormTests(Device device)
{
    private const float Epsilon = 1e-5f;

    [Test]
    public void ForwardMatchesTheFormula(
        [Values] FloatType type, [Values(1, 9)] int rows,
        [Values(1, 31, 33, 64, 320, 640, 1000, 2600)] int channels)
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
        Assert.That(y.ToDoubles(), Is.EqualTo(Formula(x)).Within(4096 * 1.2e-7));  // one ULP of the mean
    }

    /// <summary>
    /// Against the gradient of the composed form, which finite differences verify; with rows that share a warp, that
    /// take a whole warp, whose sums are too many to hold, and that are read again.
    /// </summary>
    [Test]
    public void TheGradientIsThatOfTheComposedForm(
        [Values] FloatType type, [Values(1, 70)] int rows, [Values(1, 31, 65, 300, 640, 1288, 2600)] int channels)
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

    /// <summary>More rows than all blocks process in two iterations, and a last iteration without a row for some
    /// threads.</summary>
    [Test]
    public void SumsOverManyRowsMissNone([Values(4, 170)] int channels, [Values] bool hasWeight)
    {
        const int Rows = 13_003;
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([Rows, channels], seed: 1, device, ElementType.Float64);
        Tensor dy = TestTensors.Normal([Rows, channels], seed: 2, device, ElementType.Float64);
        Tensor ones = TestTensors.From([.. Enumerable.Repeat(1.0, channels)], [channels], device, ElementType.Float64);
        (_, Tensor? dw, Tensor? db) = LayerNorm.Backward(x, dy, hasWeight ? ones : null, ones, Epsilon);
        (double[] h, double[] upstream) = (Formula(x), dy.ToDoubles());
        double[] SumsOf(Func<int, double> at) =>
            [.. Enumerable.Range(0, channels).Select(c => Enumerable.Range(0, Rows).Sum(n => at((n * channels) + c)))];
        Expect.CloseSums(db!, SumsOf(i => upstream[i]));
        Assert.That(dw is null, Is.EqualTo(!hasWeight));
        if (hasWeight) Expect.CloseSums(dw!, SumsOf(i => upstream[i] * h[i]));
    }

    [Test]
    public void TheGradientOfXIsTheSameWithoutThatOfParameters([Values(320, 2600)] int channels)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([5, channels], seed: 1, device);
        Tensor dy = TestTensors.Normal([5, channels], seed: 2, device);
        Tensor w = TestTensors.Normal([channels], seed: 3, device);
        (Tensor alone, Tensor? dw, Tensor? db) = LayerNorm.Backward(x, dy, w, w, Epsilon, needsParameters: false);
        (Tensor dx, _, _) = LayerNorm.Backward(x, dy, w, w, Epsilon);
        Assert.That(alone.ToDoubles(), Is.EqualTo(dx.ToDoubles()));
        Assert.That((dw, db), Is.EqualTo(((Tensor?)null, (Tensor?)null)));
    }

    [Test]
    public void ParametersOfNoRowsHaveNoGradient()
    {
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Empty([0, 8], ElementType.Float32, device), w = TestTensors.Normal([8], seed: 1, device);
        (Tensor dx, Tensor? dw, Tensor? db) = LayerNorm.Backward(x, x, w, w, Epsilon);
        Assert.That(dx.Shape, Is.EqualTo(x.Shape));
        Assert.That(dw!.ToDoubles().Concat(db!.ToDoubles()), Is.All.Zero);
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
