using GenKernels.Autograd;
using GenKernels.Kernels.Normalization;

namespace GenKernels.Tests.Kernels.Normalization;

/// <summary>The fused gradient against that of the composed form, which finite differences verify.</summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class GroupNormGradientTests(Device device)
{
    private static readonly (int Channels, int Groups, int Positions)[] s_sizes =
        [(1, 1, 1), (6, 3, 7), (8, 2, 33), (24, 3, 150), (320, 32, 25), (520, 4, 9), (2056, 2, 2)];

    /// <summary>Computes the gradients of x, weight and bias, by any of several ways.</summary>
    internal delegate void Backward(
        Tensor x, Tensor dy, Tensor statistics, Tensor? weight, Tensor? bias, Tensor dx, Tensor? dw, Tensor? db,
        bool silu);

    [Test]
    public void ItIsThatOfTheComposedForm([Values] FloatType type, [Values] bool silu) =>
        ExpectComposed(device, type, silu, s_sizes, GroupNormGradient.InPasses);

    /// <summary>Compares a way with the composed form, for the given channels, groups and positions.</summary>
    internal static void ExpectComposed(
        Device device, FloatType type, bool silu, (int Channels, int Groups, int Positions)[] sizes, Backward backward)
    {
        using TensorScope scope = device.Scope();
        foreach ((int channels, int groups, int positions) in sizes)
        {
            Tensor[] tensors =
            [
                TestTensors.Normal([2, positions, channels], seed: 1, device, type.Element()),
                TestTensors.Normal([channels], seed: 2, device, type.Element()),
                TestTensors.Normal([channels], seed: 3, device, type.Element()),
                TestTensors.Normal([2, positions, channels], seed: 4, device, type.Element()),
            ];
            Variable[] exact = Array.ConvertAll(tensors, tensor => new Variable(
                TestTensors.From(tensor.ToDoubles(), tensor.Shape, device, ElementType.Float64), true));
            Variable y = exact[0].GroupNormComposed(groups, exact[1], exact[2], 1e-2f, silu);
            Variable[] expected = Gradient.Of(y, exact[..3], exact[3]);

            (Tensor value, Tensor statistics) =
                GroupNorm.Forward(tensors[0], groups, tensors[1], tensors[2], 1e-2f, silu);
            Tensor[] gradients = Array.ConvertAll(tensors[..3], like => Tensor.Empty(like.Shape, like.Type, device));
            backward(
                tensors[0], tensors[3], statistics, tensors[1], tensors[2], gradients[0], gradients[1], gradients[2],
                silu);
            string what = $"{value.Shape}, {groups} groups";
            Expect.CloseSums(gradients[0], expected[0].Value.ToDoubles(), $"x, {what}");
            Expect.CloseSums(gradients[1], expected[1].Value.ToDoubles(), $"weight, {what}");
            Expect.CloseSums(gradients[2], expected[2].Value.ToDoubles(), $"bias, {what}");
        }
    }

    [Test]
    public void WhatIsNotAskedForIsNotComputed()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 5, 8], seed: 1, device);
        Tensor w = TestTensors.Normal([8], seed: 2, device);
        (_, Tensor statistics) = GroupNorm.Forward(x, 2, w, null, 1e-5f);
        Assert.That(GroupNormGradient.Backward(x, x, statistics, w, null, false, false).Weight, Is.Null);
        Assert.That(GroupNormGradient.Backward(x, x, statistics, w, null, false).Bias, Is.Null);
    }

    [Test]
    public void RejectsAnUpstreamOfAnotherShape()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 5, 8], seed: 1, device);
        Tensor dy = TestTensors.Normal([2, 4, 8], seed: 1, device);
        (_, Tensor statistics) = GroupNorm.Forward(x, 2, null, null, 1e-5f);
        Assert.That(
            () => GroupNormGradient.Backward(x, dy, statistics, null, null, false),
            Throws.TypeOf<ShapeException>().With.Message.Contains("x and dy must agree in shape, type and device"));
    }

    [Test]
    public void RejectsParametersOfAnotherType()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 5, 8], seed: 1, device);
        Tensor half = TestTensors.Normal([8], seed: 2, device, ElementType.BFloat16);
        (_, Tensor statistics) = GroupNorm.Forward(x, 2, null, null, 1e-5f);
        Assert.That(
            () => GroupNormGradient.Backward(x, x, statistics, half, null, false),
            Throws.ArgumentException.With.Message.Contains("x and weight must agree in type and device"));
        Assert.That(
            () => GroupNormGradient.Backward(x, x, statistics, null, half, false),
            Throws.ArgumentException.With.Message.Contains("x and bias must agree in type and device"));
    }

    [Test]
    public void RejectsStatisticsThatAreNotThose()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 5, 8], seed: 1, device, ElementType.BFloat16);
        foreach ((Shape shape, ElementType type, string message) in new (Shape, ElementType, string)[]
        {
            ([2, 2, 2], ElementType.BFloat16, $"statistics must be Float32 on {device}, got BFloat16[2, 2, 2]"),
            ([2, 3, 2], ElementType.Float32, "the channels of [2, 5, 8] do not divide into 3 groups"),
            ([2, 0, 2], ElementType.Float32, "the channels of [2, 5, 8] do not divide into 0 groups"),
            ([2, 2], ElementType.Float32, "statistics must have rank 3, got shape [2, 2]"),
            ([1, 2, 2], ElementType.Float32, "statistics must have shape [2, *, 2], got [1, 2, 2]"),
        })
        {
            Tensor statistics = Tensor.Zeros(shape, type, device);
            Assert.That(
                () => GroupNormGradient.Backward(x, x, statistics, null, null, false),
                Throws.TypeOf<ShapeException>().With.Message.Contains(message));
        }
    }
}
