using GenKernels.Kernels.Normalization;

namespace GenKernels.Tests.Kernels.Normalization;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class GroupNormSliceTests(Device device)
{
    /// <summary>
    /// Sizes around a pack, a warp and a block, with idle threads: channels, groups, positions. The last takes most of
    /// shared memory for gradients in 64 bits.
    /// </summary>
    internal static (int Channels, int Groups, int Positions)[] Sizes { get; } =
    [
        (8, 1, 1), (16, 2, 33), (30, 3, 70), (72, 8, 9), (320, 32, 25), (24, 1, 150), (520, 4, 9), (2056, 2, 2),
        (20, 2, 1100),
    ];

    private bool HasSlices => device.WarpSize > 1;

    [Test]
    public void ForwardMatchesTheFormula([Values] FloatType type, [Values] bool silu)
    {
        using TensorScope scope = device.Scope();
        foreach ((int channels, int groups, int positions) in Sizes)
        {
            Tensor x = TestTensors.Normal([2, positions, channels], seed: 1, device, type.Element());
            Tensor w = TestTensors.Normal([channels], seed: 2, device, type.Element());
            Tensor b = TestTensors.Normal([channels], seed: 3, device, type.Element());
            (bool isDone, Tensor y, Tensor statistics) = InSlices(x, groups, w, b, silu);
            Assert.That(isDone, Is.EqualTo(HasSlices), $"{x.Shape}");
            if (!isDone) continue;
            double[] expected = GroupNormTests.Formula(x, groups, w.ToDoubles(), b.ToDoubles(), silu);
            Expect.CloseSums(y, expected, $"{x.Shape}, {groups} groups");
            Tensor exact = TestTensors.From(x.ToDoubles(), x.Shape, device, ElementType.Float64);
            (_, Tensor others) = GroupNormTests.InPasses(exact, groups, null, null, silu: false);
            Expect.CloseSums(statistics, others.ToDoubles(), $"statistics of {x.Shape}");
        }
    }

    /// <summary>A difference of sums of squares would cancel completely here: the mean is 4096 standard
    /// deviations.</summary>
    [Test]
    public void AMeanFarFromZeroCostsNoMoreThanItsRounding([Values(33, 500, 6000)] int positions)
    {
        using TensorScope scope = device.Scope();
        double[] values = Array.ConvertAll(
            TestTensors.Normal([1, positions, 16], seed: 1, device).ToDoubles(), value => value + 4096);
        Tensor x = TestTensors.From(values, [1, positions, 16], device, ElementType.Float32);
        (bool isDone, Tensor y, _) = InSlices(x, 2, null, null, silu: false);
        if (!isDone) return;
        double[] expected = GroupNormTests.Formula(x, 2, [.. Enumerable.Repeat(1.0, 16)], new double[16], silu: false);
        Assert.That(y.ToDoubles(), Is.EqualTo(expected).Within(4096 * 1.2e-7));  // one ULP of the mean
    }

    [Test]
    public void AViewThatIsNotAlignedGivesTheSame()
    {
        using TensorScope scope = device.Scope();
        Tensor all = TestTensors.Normal([1 + (2 * 9 * 16)], seed: 1, device);
        Tensor view = all.Part(1, [2, 9, 16]);
        Tensor copy = TestTensors.From(view.ToDoubles(), view.Shape, device, ElementType.Float32);
        (bool isDone, Tensor y, _) = InSlices(view, 4, null, null, silu: false);
        (_, Tensor z, _) = InSlices(copy, 4, null, null, silu: false);
        if (isDone) Expect.Close(y, z.ToDoubles());
    }

    /// <summary>Rows of a few bytes, groups larger than shared memory, and more packs per row than threads.</summary>
    [TestCase(24, 12, 5)]
    [TestCase(64, 1, 1000)]
    [TestCase(5000, 1, 2)]
    public void WhatDoesNotFitIsLeftToPasses(int channels, int groups, int positions)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([1, positions, channels], seed: 1, device);
        Assert.That(InSlices(x, groups, null, null, silu: false).IsDone, Is.False);
        (Tensor y, _) = GroupNorm.Forward(x, groups, null, null, GroupNormTests.Epsilon);
        double[] ones = [.. Enumerable.Repeat(1.0, channels)];
        Expect.CloseSums(y, GroupNormTests.Formula(x, groups, ones, new double[channels], silu: false));
    }

    private static (bool IsDone, Tensor Y, Tensor Statistics) InSlices(
        Tensor x, int groups, Tensor? w, Tensor? b, bool silu)
    {
        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        Tensor statistics = Tensor.Empty([x.Shape[0], groups, 2], x.Type.SumType(), x.Device);
        bool isDone = GroupNormSlice.TryForward(x, groups, w, b, y, statistics, GroupNormTests.Epsilon, silu);
        return (isDone, y, statistics);
    }
}
