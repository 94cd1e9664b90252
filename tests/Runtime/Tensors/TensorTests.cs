namespace GenKernels.Tests.Runtime.Tensors;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class TensorTests(Device device)
{
    [Test]
    public void ValuesComeBackAsTheyWent()
    {
        RoundTrip(ElementType.Float64, 1.5, -2.5);
        RoundTrip(ElementType.Float32, 1.5f, -2.5f);
        RoundTrip(ElementType.Float16, (Half)1.5, (Half)(-2.5));
        RoundTrip(ElementType.BFloat16, (BFloat16)1.5f, (BFloat16)(-2.5f));
        RoundTrip(ElementType.Int32, int.MinValue, 7);
        RoundTrip(ElementType.Int64, long.MinValue, 7L);
        RoundTrip(ElementType.UInt8, (byte)255, (byte)0);
    }

    [Test]
    public void SizesFollowFromShapeAndType([Values] ElementType type)
    {
        using Tensor x = Tensor.Zeros([2, 3], type, device);
        Assert.That((x.ElementCount, x.Bytes, x.Type), Is.EqualTo((6L, 6L * type.Size(), type)));
        Assert.That(x.ToString(), Is.EqualTo($"{type}[2, 3] on {device.Name}"));
    }

    [Test]
    public void AnEmptyTensorHasAnAddressAndNoElements()
    {
        using Tensor x = Tensor.Zeros([2, 0], ElementType.Float32, device);
        Assert.That(x.ToArray<float>(), Is.Empty);
        Assert.That(x.Address, Is.Not.Zero);
    }

    [Test]
    public void AViewSharesTheElementsAndKeepsThemAlive()
    {
        Tensor x = Counting();
        using Tensor view = x.View([3, 2]);
        Assert.That((view.Shape, view.Address), Is.EqualTo((Shape.Create([3, 2]), x.Address)));
        x.Dispose();
        Assert.That(view.ToArray<int>(), Is.EqualTo(new[] { 0, 1, 2, 3, 4, 5 }));
    }

    [Test]
    public void NarrowTakesEntriesOfTheOutermostAxis()
    {
        using Tensor counting = Counting();
        using Tensor x = counting.View([3, 2]);
        using Tensor last = x.Narrow(1, 2);
        using Tensor none = x.Narrow(3, 0);
        Assert.That(last.ToArray<int>(), Is.EqualTo(new[] { 2, 3, 4, 5 }));
        Assert.That(none.Shape, Is.EqualTo(Shape.Create([0, 2])));
    }

    [Test]
    public void PartTakesElementsUnderAShapeOfItsOwn()
    {
        using Tensor x = Counting();
        using Tensor part = x.Part(1, [2, 2]);
        Assert.That(part.ToArray<int>(), Is.EqualTo(new[] { 1, 2, 3, 4 }));
    }

    [Test]
    public void ElementsAreCopiedFromATensorOfTheSameKind()
    {
        using Tensor x = Counting();
        using Tensor y = Tensor.Zeros(x.Shape, x.Type, device);
        y.CopyFrom(x);
        Assert.That(y.ToArray<int>(), Is.EqualTo(x.ToArray<int>()));
    }

    [Test]
    public void AfterDisposeItSaysSo()
    {
        Tensor x = Counting();
        x.Dispose();
        x.Dispose();
        Assert.That(x.IsDisposed, Is.True);
        Assert.That(
            () => x.ToArray<int>(),
            Throws.TypeOf<ObjectDisposedException>().With.Message.Contains(
                $"the tensor [2, 3] on {device.Name} was disposed"));
        Assert.That(() => x.View([6]), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void RejectsAViewOfAnotherSize()
    {
        using Tensor x = Counting();
        Assert.That(
            () => x.View([4]),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "a view must keep the number of elements: [2, 3] has 6, [4] has 4"));
    }

    [TestCase(-1, 1)]
    [TestCase(1, 2)]
    [TestCase(0, -1)]
    [TestCase(1, int.MaxValue)]
    public void RejectsEntriesThatAreNotThere(int start, int count)
    {
        using Tensor x = Counting();
        Assert.That(
            () => x.Narrow(start, count),
            Throws.TypeOf<ShapeException>().With.Message.Contains("are not within the outermost axis of [2, 3]"));
    }

    [TestCase(-1)]
    [TestCase(3)]
    [TestCase(long.MaxValue)]
    public void RejectsAPartThatIsNotThere(long start)
    {
        using Tensor x = Counting();
        Assert.That(
            () => x.Part(start, [4]),
            Throws.TypeOf<ShapeException>().With.Message.Contains("are not within [2, 3]"));
    }

    /// <remarks>In 64 bits, the byte count of the first overflows to zero, that of the second to a negative
    /// number.</remarks>
    [TestCase(1 << 30, 1 << 30, 4)]
    [TestCase(int.MaxValue, int.MaxValue, 2)]
    public void RejectsMoreBytesThanCanBeCounted(int rows, int columns, int depth) =>
        Assert.That(
            () => Tensor.Empty([rows, columns, depth], ElementType.Float32, device),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                $"a tensor has at most 2^60 bytes, Float32[{rows}, {columns}, {depth}] has more"));

    [Test]
    public void RejectsToBeReadAsAnotherType()
    {
        using Tensor x = Counting();
        Assert.That(
            () => x.ToArray<float>(),
            Throws.ArgumentException.With.Message.Contains("the tensor holds Int32, not Single"));
    }

    [Test]
    public void RejectsAnotherNumberOfValues() =>
        Assert.That(
            () => Tensor.From([1, 2, 3], [2], device),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[2] has 2 elements, got 3"));

    [Test]
    public void RejectsATypeThatNoTensorHolds() =>
        Assert.That(
            () => Tensor.From([1u], [1], device),
            Throws.ArgumentException.With.Message.Contains("UInt32 is no element type of a tensor"));

    private Tensor Counting() => Tensor.From([0, 1, 2, 3, 4, 5], [2, 3], device);

    private void RoundTrip<T>(ElementType type, params T[] values)
        where T : unmanaged
    {
        using Tensor x = Tensor.From(values, [values.Length], device);
        Assert.That(x.Type, Is.EqualTo(type));
        Assert.That(x.ToArray<T>(), Is.EqualTo(values));
    }
}
