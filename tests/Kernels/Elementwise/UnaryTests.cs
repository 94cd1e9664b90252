using GenKernels.Kernels.Elementwise;

namespace GenKernels.Tests.Kernels.Elementwise;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class UnaryTests(Device device)
{
    private const float First = 1.5f;
    private const float Second = -0.25f;

    [Test]
    public void EveryKindMatchesItsFormula([Values] UnaryKind kind, [Values] FloatType type)
    {
        foreach (int count in new[] { 0, 1, 31, 33, 4095, 4097 })
        {
            using Tensor x = Operand(kind, count, type);
            using Tensor y = Unary.Forward(kind, x, First, Second);
            Assert.That((y.Shape, y.Type), Is.EqualTo((x.Shape, x.Type)));
            Expect.Close(y, Array.ConvertAll(x.ToDoubles(), value => Formula(kind, value)), $"{count} elements");
        }
    }

    /// <summary>Tensors that are not 16-byte aligned take the path without vectorised loads.</summary>
    [Test]
    public void ATensorMayBeginAnywhere([Values] FloatType type, [Values(1, 2, 3)] int start)
    {
        using Tensor whole = TestTensors.Normal([600], seed: 2, device, type.Element());
        using Tensor x = whole.Narrow(start, 590);
        using Tensor y = Unary.Forward(UnaryKind.Square, x);
        Expect.Close(y, Array.ConvertAll(x.ToDoubles(), value => value * value));
    }

    [Test]
    public void ATensorCanBeItsOwnResult()
    {
        using Tensor x = TestTensors.Normal([3, 5], seed: 1, device);
        double[] expected = Array.ConvertAll(x.ToDoubles(), value => (First * value) + Second);
        Unary.Into(UnaryKind.Affine, x, x, First, Second);
        Expect.Close(x, expected);
    }

    [Test]
    public void SanitizeReplacesWhatIsNotFinite([Values] FloatType type)
    {
        double[] values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.5, -0.0, 7, -7];
        using Tensor x = TestTensors.From(values, [7], device, type.Element());
        using Tensor y = Unary.Forward(UnaryKind.Sanitize, x, First);
        Assert.That(y.ToDoubles(), Is.EqualTo(new[] { 0, First, -First, 0.5, 0, First, -First }));
    }

    [Test]
    public void TheSignOfNanIsNan([Values] FloatType type)
    {
        using Tensor x = TestTensors.From([double.NaN, 0, -3], [3], device, type.Element());
        using Tensor y = Unary.Forward(UnaryKind.Sign, x);
        Assert.That(y.ToDoubles(), Is.EqualTo(new[] { double.NaN, 0, -1 }));
    }

    [Test]
    public void RejectsIntegers()
    {
        using Tensor x = Tensor.Zeros([4], ElementType.Int64, device);
        Assert.That(
            () => Unary.Forward(UnaryKind.Square, x),
            Throws.ArgumentException.With.Message.Contains("Unary: x must hold floats, got Int64[4]"));
    }

    [Test]
    public void RejectsAResultOfAnotherShape()
    {
        using Tensor x = TestTensors.Normal([4], seed: 1, device);
        using Tensor y = TestTensors.Normal([5], seed: 1, device);
        Assert.That(
            () => Unary.Into(UnaryKind.Square, x, y),
            Throws.TypeOf<ShapeException>().With.Message.Contains("x and y must agree in shape, type and device"));
    }

    private Tensor Operand(UnaryKind kind, int count, FloatType type)
    {
        bool isPositive = kind is UnaryKind.SquareRoot or UnaryKind.ReciprocalSquareRoot or UnaryKind.Logarithm;
        using Tensor normal = TestTensors.Normal([count], seed: 3, device, ElementType.Float64);
        double[] values = normal.ToDoubles();
        if (isPositive) values = Array.ConvertAll(values, value => Math.Abs(value) + 0.01);
        return TestTensors.From(values, [count], device, type.Element());
    }

    private static double Formula(UnaryKind kind, double x) => kind switch
    {
        UnaryKind.Affine => (First * x) + Second,
        UnaryKind.Square => x * x,
        UnaryKind.SquareRoot => Math.Sqrt(x),
        UnaryKind.ReciprocalSquareRoot => 1 / Math.Sqrt(x),
        UnaryKind.Reciprocal => 1 / x,
        UnaryKind.Exponential => Math.Exp(x),
        UnaryKind.Logarithm => Math.Log(x),
        UnaryKind.AbsoluteValue => Math.Abs(x),
        UnaryKind.Sine => Math.Sin(x),
        UnaryKind.Cosine => Math.Cos(x),
        UnaryKind.HyperbolicTangent => Math.Tanh(x),
        UnaryKind.Sign => Math.Sign(x),
        _ => Math.Clamp(x, -First, First),
    };
}
