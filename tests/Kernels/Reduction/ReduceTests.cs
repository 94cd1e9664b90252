using GenKernels.Kernels.Reduction;

namespace GenKernels.Tests.Kernels.Reduction;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class ReduceTests(Device device)
{
    // Lengths around a warp and the longest segment (1,024), and lengths that leave a shorter last segment.
    private static readonly int[] s_lengths = [1, 31, 32, 33, 1023, 1024, 1025, 2049, 4100];

    [Test]
    public void RowsMatchTheFormula([Values] ReduceKind kind, [Values] FloatType type)
    {
        foreach (int length in s_lengths) Check(kind, type, [3, length], 1, 1);
        Check(kind, type, [9, 2, 2, 5], 2, 2);
        Check(kind, type, [70], 0, 1);
    }

    [Test]
    public void ColumnsMatchTheFormula([Values] ReduceKind kind, [Values] FloatType type)
    {
        foreach (int length in s_lengths) Check(kind, type, [length, 3], 0, 1);
        foreach (int inner in new[] { 2, 63, 64, 65, 129, 257 }) Check(kind, type, [2, 5, inner], 1, 1);
        Check(kind, type, [2, 3, 4, 5], 1, 2);
        Check(kind, type, [2, 1030, 65], 1, 1);
    }

    [Test]
    public void AnEmptyAxisGivesTheStart([Values] ReduceKind kind)
    {
        double start = kind is ReduceKind.Sum or ReduceKind.SumOfSquares ? 0 : double.NegativeInfinity;
        foreach (Shape shape in new Shape[] { [3, 0], [3, 0, 2] })
        {
            using Tensor x = Tensor.Zeros(shape, ElementType.Float32, device);
            using Tensor y = Reduce.Forward(kind, x, 1, 1);
            Assert.That(y.Shape, Is.EqualTo(shape.With(1, 1)));
            Assert.That(y.ToDoubles(), Has.All.EqualTo(start));
        }
    }

    [Test]
    public void ANanIsTheMaximumWhereverItIs(
        [Values(ReduceKind.Maximum, ReduceKind.MaximumMagnitude)] ReduceKind kind, [Values] FloatType type)
    {
        foreach (int length in new[] { 1, 40, 1025, 2100 })
        {
            foreach (int at in new[] { 0, length / 2, length - 1 })
            {
                double[] values = [.. Enumerable.Range(0, length).Select(n => n == at ? double.NaN : n % 7)];
                using Tensor row = TestTensors.From(values, [1, length], device, type.Element());
                using Tensor pairs = TestTensors.From(
                    [.. values.SelectMany(value => new[] { 1, value })], [length, 2], device, type.Element());
                using Tensor ofRow = Reduce.Forward(kind, row, 1, 1);
                using Tensor ofColumns = Reduce.Forward(kind, pairs, 0, 1);
                Assert.That(ofRow.ToDoubles(), Is.EqualTo(new[] { double.NaN }), $"element {at} of {length}");
                Assert.That(ofColumns.ToDoubles(), Is.EqualTo(new[] { 1, double.NaN }), $"row {at} of {length}");
            }
        }
    }

    [Test]
    public void NoRowsGiveNothing()
    {
        using Tensor x = Tensor.Zeros([0, 5, 2], ElementType.Float32, device);
        using Tensor y = Reduce.Forward(ReduceKind.Sum, x, 1, 1);
        Assert.That(y.Shape, Is.EqualTo(Shape.Create([0, 1, 2])));
    }

    [Test]
    public void ALongSumOfHalvesIsRoundedOnce()
    {
        using Tensor x = TestTensors.From([.. Enumerable.Repeat(1.0, 4097)], [4097], device, ElementType.Float16);
        using Tensor y = Reduce.Forward(ReduceKind.Sum, x, 0, 1);
        Assert.That(y.ToDoubles(), Is.EqualTo(new[] { (double)(Half)4097 }), "a sum in halves would stop at 2,048");
    }

    [Test]
    public void AWideSumOfHalvesMayPassTheirRange([Values(10, 4097)] int length)
    {
        using Tensor x = TestTensors.From([.. Enumerable.Repeat(100.0, length)], [length], device, ElementType.Float16);
        using Tensor y = Reduce.Forward(ReduceKind.SumOfSquares, x, 0, 1, isWide: true);
        Assert.That(y.ToArray<float>(), Is.EqualTo(new[] { 10_000f * length }));
    }

    [Test]
    public void RejectsAxesThatAreNotThere()
    {
        using Tensor x = TestTensors.Normal([2, 3], seed: 1, device);
        Assert.That(
            () => Reduce.Forward(ReduceKind.Sum, x, 1, 2),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("Reduce: axes 1 to 2 are not in [2, 3]"));
    }

    [Test]
    public void RejectsMoreElementsThanItCounts()
    {
        using Tensor x = Tensor.Empty([0, 1 << 16, 1 << 15], ElementType.Float32, device);
        Assert.That(
            () => Reduce.Forward(ReduceKind.Sum, x, 1, 2),
            Throws.TypeOf<ShapeException>().With.Message.StartsWith("Reduce: axes 1 to 2 of x must have less"));
    }

    [Test]
    public void RejectsIntegers()
    {
        using Tensor x = Tensor.Zeros([2], ElementType.Int32, device);
        Assert.That(
            () => Reduce.Forward(ReduceKind.Sum, x, 0, 1),
            Throws.ArgumentException.With.Message.Contains("x must hold floats"));
    }

    private void Check(ReduceKind kind, FloatType type, Shape shape, int axis, int axisCount)
    {
        using Tensor x = TestTensors.Normal(shape, seed: 1, device, type.Element());
        using Tensor y = Reduce.Forward(kind, x, axis, axisCount);
        int length = (int)shape.Product(axis, axis + axisCount);
        int inner = (int)shape.Product(axis + axisCount, shape.Rank);
        double[] values = x.ToDoubles();
        double[] expected = new double[values.Length / length];
        for (int index = 0; index < expected.Length; index++)
        {
            int first = (index / inner * length * inner) + (index % inner);
            IEnumerable<double> line = Enumerable.Range(0, length).Select(n => values[first + (n * inner)]);
            expected[index] = kind switch
            {
                ReduceKind.Sum => line.Sum(),
                ReduceKind.SumOfSquares => line.Sum(value => value * value),
                ReduceKind.Maximum => line.Max(),
                _ => line.Max(Math.Abs),
            };
        }

        Expect.CloseSums(y, expected, $"{shape} along {axisCount} from {axis}");
    }
}
