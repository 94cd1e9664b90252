using GenKernels.Kernels.Optimization;

namespace GenKernels.Tests.Kernels.Optimization;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class LossScaleTests(Device device)
{
    private static readonly float[] s_notFinite = [float.NaN, float.PositiveInfinity, float.NegativeInfinity];
    private static readonly LossScaleOptions s_options =
        new(1024, Growth: 4, Interval: 3, Smallest: 2, Largest: 20_000);

    [Test]
    public void OneElementThatIsNotFiniteIsFoundWhereverItIs([Values(1, 31, 4096, 4099, 20_000)] int count)
    {
        using TensorScope scope = device.Scope();
        float[] gradient = TestTensors.Normal([count], seed: 1, device).ToArray<float>();
        gradient[count / 3] = float.MaxValue;
        gradient[count / 4] = -float.Epsilon;
        Assert.That(IsFinite(gradient), Is.True);
        foreach (float value in s_notFinite)
        {
            foreach (int place in new[] { 0, count / 2, count - 1 })
            {
                float[] spoiled = [.. gradient];
                spoiled[place] = value;
                Assert.That(IsFinite(spoiled), Is.False, $"{value} at {place}");
            }
        }
    }

    [Test]
    public void WhatOneGradientSpoiledAnotherDoesNotMend()
    {
        using TensorScope scope = device.Scope();
        Tensor state = Start(s_options);
        LossScale.Check(Tensor.From([1f, float.NaN], [2], device), state);
        LossScale.Check(Tensor.From([1f, 2], [2], device), state);
        Assert.That(state.ToArray<float>(), Is.EqualTo(new float[] { 1024, 0, 0, 0 }));
    }

    [Test]
    public void TheScaleGrowsAfterSoManyFiniteStepsInARow()
    {
        using TensorScope scope = device.Scope();
        Tensor state = Start(s_options);
        Assert.That(
            Scales(state, "++-+++++++++"),
            Is.EqualTo(new float[] { 1024, 1024, 512, 512, 512, 2048, 2048, 2048, 8192, 8192, 8192, 20_000 }));
    }

    [Test]
    public void TheScaleHalvesInEveryStepThatOverflowsDownToTheSmallest()
    {
        using TensorScope scope = device.Scope();
        Tensor state = Start(s_options with { Initial = 10 });
        Assert.That(Scales(state, "----+"), Is.EqualTo(new[] { 5, 2.5f, 2, 2, 2 }));
        Assert.That(state.ToArray<float>(), Is.EqualTo(new float[] { 2, 1, 1, 4 }), "four steps are not finite");
    }

    [Test]
    public void AScaleThatNeitherGrowsNorShrinksStays()
    {
        using TensorScope scope = device.Scope();
        Tensor state = Start(new LossScaleOptions(128, Growth: 1, Backoff: 1, Interval: 1));
        for (int step = 0; step < 4; step++)
        {
            LossScale.Check(Tensor.From([step == 2 ? float.NaN : 1], [1], device), state);
            LossScale.Update(new LossScaleOptions(128, Growth: 1, Backoff: 1, Interval: 1), state);
            Assert.That(state.ToArray<float>()[0], Is.EqualTo(128));
        }
    }

    [Test]
    public void RejectsAStateOfAnotherLength()
    {
        using TensorScope scope = device.Scope();
        Tensor gradient = TestTensors.Normal([3], seed: 1, device);
        Assert.That(
            () => LossScale.Check(gradient, gradient),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("LossScale: state must have shape [4], got [3]"));
    }

    [Test]
    public void RejectsAScaleBeyondItsBounds() => Assert.That(
        () => LossScale.Start(s_options with { Initial = 1 }),
        Throws.ArgumentException.With.Message.Contains("smallest <= initial").And.Message.Contains("Initial = 1,"));

    private Tensor Start(LossScaleOptions options) => Tensor.From(LossScale.Start(options), [LossScale.Length], device);

    private bool IsFinite(float[] gradient)
    {
        using Tensor state = Start(s_options);
        using Tensor values = Tensor.From(gradient, [gradient.Length], device);
        LossScale.Check(values, state);
        return state.ToArray<float>()[2] == 1;
    }

    /// <returns>The scale after each step; a + stands for finite gradients.</returns>
    private float[] Scales(Tensor state, string steps) => [.. steps.Select(step =>
    {
        using Tensor gradient = Tensor.From([1, step == '+' ? 2 : float.PositiveInfinity], [2], device);
        LossScale.Check(gradient, state);
        LossScale.Update(s_options, state);
        return state.ToArray<float>()[0];
    })];
}
