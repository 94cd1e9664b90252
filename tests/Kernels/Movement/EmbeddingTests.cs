using GenKernels.Kernels.Movement;

namespace GenKernels.Tests.Kernels.Movement;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class EmbeddingTests(Device device)
{
    [Test]
    public void RowsAreThoseOfTheTable([Values] FloatType type, [Values(1, 33, 70)] int channels)
    {
        using Tensor table = TestTensors.Normal([5, channels], seed: 1, device, type.Element());
        using Tensor ids = Tensor.From([4, 0, 4, 1, 3, 3], [2, 3], device);
        using Tensor y = Embedding.Forward(table, ids);
        Shape shape = [2, 3, channels];
        Assert.That(y.Shape, Is.EqualTo(shape));
        double[][] rows = [.. table.ToDoubles().Chunk(channels)];
        Assert.That(y.ToDoubles(), Is.EqualTo(ids.ToArray<int>().SelectMany(id => rows[id])));
    }

    [Test]
    public void TheGradientAddsUpRows([Values] FloatType type, [Values(1, 70, 300)] int channels)
    {
        // Some ids never occur, some once, some far apart.
        int[] numbers = [.. Enumerable.Range(0, 300).Select(m => m * m % 23)];
        using Tensor ids = Tensor.From(numbers, [300], device);
        using Tensor dy = TestTensors.Normal([300, channels], seed: 1, device, type.Element());
        using Tensor dtable = Embedding.Gradient(dy, ids, 24);
        double[] expected = new double[24 * channels];
        double[] rows = dy.ToDoubles();
        for (int i = 0; i < rows.Length; i++) expected[(numbers[i / channels] * channels) + (i % channels)] += rows[i];
        Expect.CloseSums(dtable, expected);
    }

    /// <summary>Counts around a warp; a quarter of the ids is out of range, the others take two values.</summary>
    [Test]
    public void ListsAreInTheOrderOfTheIds([Values(1, 31, 32, 33, 64, 4000)] int count)
    {
        int[] numbers = [.. Enumerable.Range(0, count).Select(m => m % 2 == 0 ? m % 3 == 0 ? 6 : 1 : (m % 4) - 2)];
        using Tensor ids = Tensor.From(numbers, [count], device);
        float[] values = [.. Enumerable.Range(0, count).Select(m => m % 5 == 0 ? 1e8f : m + 0.3f)];
        using Tensor dy = Tensor.From(values, [count, 1], device);
        using Tensor dtable = Embedding.Gradient(dy, ids, 7);
        float[] expected = new float[7];
        for (int m = 0; m < count; m++)
        {
            if (numbers[m] >= 0) expected[numbers[m]] += values[m];
        }

        Assert.That(dtable.ToArray<float>(), Is.EqualTo(expected), "to the bit: only one order rounds so");
    }

    [Test]
    public void WideIdsAreTakenToo()
    {
        using Tensor table = TestTensors.Normal([5, 3], seed: 1, device);
        using Tensor narrow = Tensor.From([4, 0, 4], [3], device);
        using Tensor wide = Tensor.From([4L, 0, 4], [3], device);
        using Tensor y = Embedding.Forward(table, narrow);
        using Tensor z = Embedding.Forward(table, wide);
        using Tensor dy = Embedding.Gradient(y, narrow, 5);
        using Tensor dz = Embedding.Gradient(y, wide, 5);
        Assert.That(z.ToDoubles(), Is.EqualTo(y.ToDoubles()));
        Assert.That(dz.ToDoubles(), Is.EqualTo(dy.ToDoubles()));
    }

    [Test]
    public void WhatIsOutOfRangeIsNoNumber([Values(-1, 5)] int id)
    {
        using Tensor table = TestTensors.Normal([5, 3], seed: 1, device);
        using Tensor ids = Tensor.From([2, id], [2], device);
        using Tensor y = Embedding.Forward(table, ids);
        using Tensor ones = TestTensors.From([1, 1, 1, 1, 1, 1], [2, 3], device, ElementType.Float32);
        using Tensor dtable = Embedding.Gradient(ones, ids, 5);
        Assert.That(y.ToDoubles()[3..], Has.All.NaN);
        Assert.That(dtable.ToDoubles().Sum(), Is.EqualTo(3));
    }

    [Test]
    public void RejectsIdsThatAreFloats()
    {
        using Tensor table = TestTensors.Normal([5, 3], seed: 1, device);
        Assert.That(
            () => Embedding.Forward(table, table),
            Throws.TypeOf<ShapeException>().With.Message.Contains("ids must be 32-bit or 64-bit integers"));
    }
}
