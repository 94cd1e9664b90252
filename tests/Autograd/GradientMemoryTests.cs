using GenKernels.Autograd;

namespace GenKernels.Tests.Autograd;

/// <summary>What the backward pass leaves in memory, without a scope that would clean up.</summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class GradientMemoryTests(Device device)
{
    private int LiveBuffers => device.Memory.Statistics().LiveBuffers;

    [Test]
    public void NothingButTheGradientsIsLeft()
    {
        int before = LiveBuffers;
        using (Tensor values = TestTensors.Normal([3, 4], seed: 1, device))
        {
            Variable x = new(values, requiresGradient: true);
            Variable y = ((x.Square().Exp() * x) + x).Tanh().Sum(1);
            Variable gradient = Gradient.Of(y, x);
            Assert.That(LiveBuffers, Is.EqualTo(before + 3), "the leaf, the result and the gradient");
            gradient.Value.Dispose();
            y.Value.Dispose();
        }

        Assert.That(LiveBuffers, Is.EqualTo(before));
    }

    [Test]
    public void WhatGroupNormKeepsForItsGradientGoesWithIt([Values] bool isRecorded)
    {
        int before = LiveBuffers;
        using Tensor values = TestTensors.Normal([2, 3, 4], seed: 1, device);
        Variable x = new(values, requiresGradient: isRecorded);
        Variable y = x.GroupNorm(groups: 2);
        if (isRecorded) Gradient.Of(y, [x], new Variable(values))[0].Value.Dispose();
        y.Value.Dispose();
        Assert.That(LiveBuffers, Is.EqualTo(before + 1));
    }

    [Test]
    public void UpstreamWeightsAreNotFreed()
    {
        int before = LiveBuffers;
        using Tensor values = TestTensors.Normal([3, 4], seed: 1, device);
        using Tensor weights = TestTensors.Normal([3, 4], seed: 2, device);
        Variable x = new(values, requiresGradient: true);
        Variable y = x + new Variable(values);
        Variable gradient = Gradient.Of(y, [x], new Variable(weights))[0];
        Assert.That(gradient.Value.ToArray<float>(), Is.EqualTo(weights.ToArray<float>()));
        y.Value.Dispose();
        Assert.That(weights.IsDisposed, Is.False);
        Assert.That(LiveBuffers, Is.EqualTo(before + (gradient.Value == weights ? 2 : 3)));
        gradient.Value.Dispose();
    }

    [Test]
    public void WhereNoGradientFlowsOnlyTheZerosAreLeft()
    {
        int before = LiveBuffers;
        using Tensor values = TestTensors.Normal([5], seed: 1, device);
        Variable x = new(values, requiresGradient: true);
        Variable y = x.Detach().Square();
        Gradient.Of(y, x).Value.Dispose();
        y.Value.Dispose();
        Assert.That(LiveBuffers, Is.EqualTo(before + 1));
    }

    [Test]
    public void ASharedGradientLivesUntilTheLastIsDone()
    {
        int before = LiveBuffers;
        using Tensor values = TestTensors.Normal([5], seed: 1, device);
        Variable x = new(values, requiresGradient: true);
        Variable left = x * 2, right = x * 3;  // the sum passes the same gradient to both
        Variable y = left + right;
        Variable gradient = Gradient.Of(y, x);
        Assert.That(gradient.Value.ToArray<float>(), Has.All.EqualTo(5f));
        gradient.Value.Dispose();
        y.Value.Dispose();
        Assert.That(LiveBuffers, Is.EqualTo(before + 1));
    }

    [Test]
    public void ADifferentiableWalkInAScopeLeavesNothingBehindIt()
    {
        int before = LiveBuffers;
        using (TensorScope scope = device.Scope())
        {
            Variable x = new(TestTensors.Normal([3, 4], seed: 1, device), requiresGradient: true);
            Variable first = Gradient.Of((x * x).Tanh(), x, differentiable: true);
            Gradient.Of(first.Square().Sum(), x);
        }

        Assert.That(LiveBuffers, Is.EqualTo(before));
    }
}
