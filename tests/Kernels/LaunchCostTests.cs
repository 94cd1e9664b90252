using GenKernels.Autograd;
using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Kernels.Optimization;
using GenKernels.Kernels.Random;
using GenKernels.Tests.Runtime.Diagnostics;
using Convolutions = GenKernels.Kernels.Convolution.Convolution;

namespace GenKernels.Tests.Kernels;

/// <summary>Every launch reports the least work that it must do.</summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class LaunchCostTests(Device device)
{
    private static IReadOnlyList<OpSample> Samples => OpCatalog.All;

    [TestCaseSource(nameof(Samples))]
    public void OperationsAndTheirGradientsStateTheirCost(OpSample sample)
    {
        using TensorScope scope = device.Scope();
        Variable[] inputs =
        [
            .. sample.Shapes.Select((shape, index) => new Variable(
                TestTensors.Normal(shape, seed: index, device), requiresGradient: true)),
        ];
        using WorkLog recorded = new(device);
        Gradient.Of(sample.Apply(inputs), inputs);
        RequireCosts(recorded);
    }

    [Test]
    public void WhatHasNoGradientStatesItsCost()
    {
        using TensorScope scope = device.Scope();
        using RandomGenerator random = new(device, seed: 1);
        Tensor x = random.Normal([33]), y = random.Uniform([33]);
        using WorkLog recorded = new(device);
        random.Integers([5], 0, 7);
        random.Bits([5]);
        random.FillNormal(x);
        random.FillUniform(y);
        Accumulate.Into([x], [0], y);
        Lerp.Into(x, y, Tensor.From<float>([0.5f], [1], device));
        AdamOptions options = new();
        Tensor schedule = Tensor.From(AdamSchedule.For(options, 1, 0.1, 1, 0), [AdamSchedule.Length], device);
        Adam.Step(options, schedule, x, y, Tensor.Zeros([33], x.Type, device), Tensor.Zeros([33], x.Type, device));
        RequireCosts(recorded);
    }

    [Test]
    public void AProductCostsItsFormula()
    {
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([2, 3, 5], ElementType.Float32, device);
        Tensor w = Tensor.Zeros([2, 5, 7], ElementType.Float32, device);
        using WorkLog recorded = new(device);
        MatMul.Forward(x, w);
        LaunchCost cost = recorded.Work.Single(work => work.Work.Kernel is not null).Work.Cost;
        Assert.That(cost, Is.EqualTo(new LaunchCost(4 * (30 + 70 + 42), 2 * 2 * 3 * 5 * 7)));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void AConvolutionAndItsAdjointsCostTheSame(int stride)
    {
        using TensorScope scope = device.Scope();
        Shape input = [1, 1, 4, 4, 3], weights = [5, 1, 2, 2, 3];
        ConvolutionOptions options = ConvolutionOptions.Default with { Stride = new(1, stride, stride) };
        Tensor x = Tensor.Zeros(input, ElementType.Float32, device);
        Tensor w = Tensor.Zeros(weights, ElementType.Float32, device);
        Tensor y = Convolutions.Forward(x, w, options);
        long expected = 2 * y.ElementCount * 2 * 2 * 3;
        Assert.That(Operations(() => Convolutions.Forward(x, w, options)), Is.EqualTo(expected));
        Assert.That(Operations(() => ConvolutionWeightGradient.Forward(x, y, weights, options)), Is.EqualTo(expected));

        // Elements of the gradient beyond the last stride receive no terms, but they are counted.
        Assert.That(
            Operations(() => Convolutions.DataGradient(y, w, input, options)),
            Is.EqualTo(2 * 16 * 3 * 4 * 5 / (stride * stride)));
    }

    private static void RequireCosts(WorkLog recorded)
    {
        IEnumerable<string> silent = recorded.Work
            .Where(work => work.Work.Kernel is not null && work.HasElements && work.Work.Cost.Bytes <= 0)
            .Select(work => $"{work.Work.Kernel} with {work.Work.Shape}");
        Assert.That(silent, Is.Empty, "each launch sets LaunchShape.Cost");
    }

    private long Operations(Action work)
    {
        using WorkLog recorded = new(device);
        work();
        return recorded.Work.Where(entry => entry.Work.Name.StartsWith("Convolution", StringComparison.Ordinal))
            .Sum(entry => entry.Work.Cost.Operations);
    }
}
