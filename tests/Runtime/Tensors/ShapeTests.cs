namespace GenKernels.Tests.Runtime.Tensors;

public sealed class ShapeTests
{
    [Test]
    public void AShapeWithoutAxesIsAScalar()
    {
        Shape scalar = default;
        Assert.That((scalar.Rank, scalar.ElementCount, scalar.ToString()), Is.EqualTo((0, 1L, "[]")));
        Assert.That(scalar, Is.EqualTo(Shape.Create([])));
    }

    [Test]
    public void SizesAreReadFromBothEnds()
    {
        Shape shape = [2, 3, 4];
        Assert.That((shape[0], shape[^1], shape.Rank, shape.ElementCount), Is.EqualTo((2, 4, 3, 24L)));
        Assert.That(shape, Is.EqualTo(new[] { 2, 3, 4 }).AsCollection);
        Assert.That((shape.Product(1, 3), shape.Product(2, 2)), Is.EqualTo((12L, 1L)));
        Assert.That((shape.Axis(-1), shape.Axis(1)), Is.EqualTo((2, 1)));
        Assert.That(shape.With(-2, 7), Is.EqualTo(Shape.Create([2, 7, 4])));
    }

    [Test]
    public void EqualSizesAreEqualShapes()
    {
        Shape shape = [2, 3];
        Assert.That(shape == [2, 3], Is.True);
        Assert.That(shape != [3, 2], Is.True);
        Assert.That(shape != [2, 3, 1], Is.True);
        Assert.That(shape.GetHashCode(), Is.EqualTo(Shape.Create([2, 3]).GetHashCode()));
        Assert.That(shape.Equals("[2, 3]"), Is.False);
    }

    [Test]
    public void MoreThanTwoToThe31ElementsAreCounted() =>
        Assert.That(Shape.Create([100_000, 100_000]).ElementCount, Is.EqualTo(10_000_000_000));

    [Test]
    public void RejectsANegativeSize() =>
        Assert.That(
            () => Shape.Create([2, -3]),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("a size must not be negative, got [2, -3]"));

    /// <summary>An axis of size 0 does not make the product of the others countable.</summary>
    [TestCase(int.MaxValue, int.MaxValue, 3)]
    [TestCase(0, int.MaxValue, int.MaxValue, 4)]
    [TestCase(int.MaxValue, int.MaxValue, 4, 0)]
    public void RejectsMoreElementsThanCanBeCounted(params int[] sizes) =>
        Assert.That(
            () => Shape.Create(sizes),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "the product of a shape's sizes, zeros left out, must be less than 2^63, "
                + $"got [{string.Join(", ", sizes)}]"));

    [TestCase(2)]
    [TestCase(-3)]
    public void RejectsAnAxisThatIsNotThere(int axis) =>
        Assert.That(
            () => Shape.Create([2, 3]).Axis(axis),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo($"shape [2, 3] has no axis {axis}"));
}
