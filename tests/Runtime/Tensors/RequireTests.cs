namespace GenKernels.Tests.Runtime.Tensors;

/// <summary>A message says which method failed, what it required and what it got.</summary>
public sealed class RequireTests
{
    private static Device Device => TestDevices.Host;

    [Test]
    public void RankNamesTheArgumentAndItsShape()
    {
        using Tensor images = Tensor.Zeros([2, 3], ElementType.Float32, Device);
        Assert.That(() => Require.Rank(images, 2), Throws.Nothing);
        Assert.That(
            () => Require.Rank(images, 3),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "RequireTests: images must have rank 3, got shape [2, 3]"));
    }

    [Test]
    public void ANegativeSizeStandsForAny()
    {
        using Tensor images = Tensor.Zeros([2, 3], ElementType.Float32, Device);
        Assert.That(() => Require.Shape(images, [-1, 3]), Throws.Nothing);
        Assert.That(
            () => Require.Shape(images, [-1, 4]),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "RequireTests: images must have shape [*, 4], got [2, 3]"));
        Assert.That(() => Require.Shape(images, [2, 3, 1]), Throws.TypeOf<ShapeException>());
    }

    [Test]
    public void ProductNamesTheShapeOfWhatKernelsCannotCount()
    {
        using Tensor images = Tensor.Empty([0, 1 << 16, 1 << 15, 3], ElementType.Float32, Device);
        Assert.That(Require.Product(images, 2, 4), Is.EqualTo(3 << 15));
        Assert.That(
            () => Require.Product(images, 1, 3),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "RequireTests: axes 1 to 2 of images must have less than 2^31 elements, "
                + "got shape [0, 65536, 32768, 3]"));
    }

    [Test]
    public void SameNamesBothAndWhatTheyAre()
    {
        using Tensor left = Tensor.Zeros([2], ElementType.Float32, Device);
        using Tensor right = Tensor.Zeros([3], ElementType.Float32, Device);
        Assert.That(() => Require.SameKind(left, right), Throws.Nothing);
        Assert.That(
            () => Require.Same(left, right),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "RequireTests: left and right must agree in shape, type and device, "
                + "got Float32[2] on host and Float32[3] on host"));
    }

    [Test]
    public void SameKindLooksAtTypeAndDevice()
    {
        using Tensor left = Tensor.Zeros([2], ElementType.Float32, Device);
        using Tensor other = Tensor.Zeros([2], ElementType.Float64, Device);
        using Tensor elsewhere = Tensor.Zeros([2], ElementType.Float32, TestDevices.Simt);
        Assert.That(
            () => Require.SameKind(left, other), Throws.ArgumentException.With.Message.Contains("Float64[2] on host"));
        Assert.That(
            () => Require.SameKind(left, elsewhere),
            Throws.ArgumentException.With.Message.Contains("Float32[2] on simt"));
    }

    [Test]
    public void KindNamesTypeAndDevice()
    {
        using Tensor x = Tensor.Zeros([2], ElementType.Float64, Device);
        Assert.That(() => Require.Kind(x, ElementType.Float64, Device), Throws.Nothing);
        Assert.That(
            () => Require.Kind(x, ElementType.Int32, Device),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "RequireTests: x must hold Int32 on host, got Float64[2] on host"));
        Assert.That(() => Require.Kind(x, ElementType.Float64, TestDevices.Simt), Throws.TypeOf<ShapeException>());
    }

    [Test]
    public void FloatNamesTheType([Values] ElementType type)
    {
        using Tensor x = Tensor.Zeros([2], type, Device);
        if (type.IsFloat()) Assert.That(() => Require.Float(x), Throws.Nothing);
        else
        {
            Assert.That(
                () => Require.Float(x),
                Throws.ArgumentException.With.Message.EqualTo(
                    $"RequireTests: x must hold floats, got {type}[2] on host"));
        }
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void PositiveIsFiniteToo(double rate) =>
        Assert.That(
            () => Require.Positive(rate),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains(
                $"RequireTests: rate must be positive and finite, got {rate}"));

    [Test]
    public void AMessageIsMadeOnlyWhereItIsNeeded()
    {
        int made = 0;
        Require.That(true, $"never {Count()}");
        Assert.That(made, Is.Zero);
        Assert.That(
            () => Require.That(made > 5, $"made {Count()} of 6"),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("RequireTests: made 1 of 6"));

        int Count() => ++made;
    }
}
