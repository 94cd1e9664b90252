using GenKernels.Kernels.Elementwise;

namespace GenKernels.Tests.Kernels.Elementwise;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class BinaryTests(Device device)
{
    private static readonly (Shape A, Shape B)[] s_patterns =
    [
        ([3, 5], [3, 5]), ([], []), ([7], []), ([], [1, 1]), ([2, 3, 5], [5]), ([5], [2, 3, 5]), ([3, 5], [3, 1]),
        ([3, 1], [3, 5]), ([2, 1, 4], [1, 3, 1]), ([2, 3, 2, 2, 4], [2, 3, 1, 1, 4]),
        ([2, 1, 3, 1, 4], [1, 2, 1, 3, 1]),
        ([3, 40], [40]), ([2, 3, 8], [2, 1, 8]), ([16], [3, 16]), ([3, 24], [3, 1]), ([5, 1], [5, 16]),
        ([1, 33], [2, 33]), ([4095], [1]), ([2, 4097], [2, 1]), ([4097], [4097]), ([2, 1, 1, 1, 1, 1, 1, 2], [2]),
    ];

    [Test]
    public void EveryKindMatchesItsFormula([Values] BinaryKind kind, [Values] FloatType type)
    {
        foreach ((Shape shapeA, Shape shapeB) in s_patterns)
        {
            using Tensor a = Operand(kind, shapeA, seed: 1, type);
            using Tensor b = Operand(kind, shapeB, seed: 2, type);
            using Tensor y = Binary.Forward(kind, a, b);
            Assert.That((y.Shape, y.Type), Is.EqualTo((Joint(shapeA, shapeB), a.Type)));
            Expect.Close(y, Formula(kind, a, b, y.Shape), $"{shapeA} and {shapeB}");
        }
    }

    [Test]
    public void NothingBroadcastsToNothing()
    {
        foreach ((Shape a, Shape b) in new (Shape, Shape)[] { ([0, 5], [5]), ([3, 0], [3, 1]), ([0], []), ([0], [0]) })
        {
            using Tensor left = Tensor.Zeros(a, ElementType.Float32, device);
            using Tensor right = Tensor.Zeros(b, ElementType.Float32, device);
            using Tensor y = Binary.Forward(BinaryKind.Add, left, right);
            Assert.That(y.Shape, Is.EqualTo(a));
        }
    }

    [Test]
    public void RejectsShapesThatDoNotBroadcast() =>
        Assert.That(
            () => Add([3, 5], [3, 4]),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[3, 5]").And.Message.Contains("[3, 4]")
                .And.Message.Contains("cannot be broadcast"));

    [Test]
    public void RejectsSixAxesThatCannotBeJoined() =>
        Assert.That(
            () => Add([2, 1, 2, 1, 2, 1], [1, 2, 1, 2, 1, 2]),
            Throws.TypeOf<ShapeException>().With.Message.Contains("leaves 6 axes; at most 5 can be broadcast"));

    [Test]
    public void RejectsTwoTypes()
    {
        using Tensor a = TestTensors.Normal([2], seed: 1, device);
        using Tensor b = TestTensors.Normal([2], seed: 1, device, ElementType.Float64);
        Assert.That(
            () => Binary.Forward(BinaryKind.Add, a, b),
            Throws.ArgumentException.With.Message.Contains("a and b must agree in type and device"));
    }

    [Test]
    public void RejectsIntegers()
    {
        using Tensor a = Tensor.Zeros([2], ElementType.Int32, device);
        Assert.That(
            () => Binary.Forward(BinaryKind.Add, a, a),
            Throws.ArgumentException.With.Message.Contains("a must hold floats, got Int32[2]"));
    }

    private void Add(Shape a, Shape b)
    {
        using Tensor left = Tensor.Zeros(a, ElementType.Float32, device);
        using Tensor right = Tensor.Zeros(b, ElementType.Float32, device);
        Binary.Forward(BinaryKind.Add, left, right).Dispose();
    }

    /// <summary>Normal numbers; for comparisons a few integers, so that many pairs are equal.</summary>
    private Tensor Operand(BinaryKind kind, Shape shape, int seed, FloatType type)
    {
        if (kind < BinaryKind.Equal) return TestTensors.Normal(shape, seed, device, type.Element());
        Random random = new(seed);
        double[] values = [.. Enumerable.Range(0, (int)shape.ElementCount).Select(_ => (double)random.Next(-2, 3))];
        return TestTensors.From(values, shape, device, type.Element());
    }

    private static double[] Formula(BinaryKind kind, Tensor a, Tensor b, Shape shape)
    {
        (double[] left, double[] right) = (a.ToDoubles(), b.ToDoubles());
        double[] result = new double[shape.ElementCount];
        for (int index = 0; index < result.Length; index++)
        {
            (double x, double y) = (left[At(a.Shape, index, shape)], right[At(b.Shape, index, shape)]);
            result[index] = kind switch
            {
                BinaryKind.Add => x + y,
                BinaryKind.Subtract => x - y,
                BinaryKind.Multiply => x * y,
                BinaryKind.Divide => x / y,
                BinaryKind.Equal => x == y ? 1 : 0,
                _ => x == y ? 1 : x == -y ? -1 : 0,
            };
        }

        return result;
    }

    private static Shape Joint(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        int[] sizes = [.. Enumerable.Range(0, rank).Select(axis => Math.Max(Size(a, axis, rank), Size(b, axis, rank)))];
        return Shape.Create(sizes);
    }

    /// <summary>Index of the operand's element that element <paramref name="index"/> of the result reads.</summary>
    private static long At(Shape operand, long index, Shape result)
    {
        long at = 0, stride = 1;
        for (int axis = result.Rank - 1; axis >= 0; axis--)
        {
            long position = index % result[axis];
            index /= result[axis];
            int size = Size(operand, axis, result.Rank);
            if (size != 1) at += position * stride;
            stride *= size;
        }

        return at;
    }

    private static int Size(Shape shape, int axis, int rank) =>
        axis < rank - shape.Rank ? 1 : shape[axis - rank + shape.Rank];
}
