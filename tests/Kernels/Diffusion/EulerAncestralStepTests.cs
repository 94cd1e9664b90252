using GenKernels.Kernels.Diffusion;

namespace GenKernels.Tests.Kernels.Diffusion;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class EulerAncestralStepTests(Device device)
{
    [Test]
    public void AStepMatchesTheFormula(
        [Values] FloatType type, [Values(1, 31, 4099)] int count, [Values] bool hasNoise)
    {
        using TensorScope scope = device.Scope();
        float[] row = [4, 1.5f, 2];
        Tensor[] inputs = [.. Enumerable.Range(1, 3).Select(seed =>
            TestTensors.Normal([count], seed, device, type.Element()))];
        Tensor schedule = Tensor.From(row, [3], device);
        Tensor y = EulerAncestralStep.Forward(inputs[0], inputs[1], hasNoise ? inputs[2] : null, schedule);
        double[][] values = Array.ConvertAll(inputs, input => input.ToDoubles());
        Expect.Close(y, [.. Enumerable.Range(0, count).Select(i =>
            values[0][i] + ((values[0][i] - values[1][i]) / 4 * (1.5 - 4)) + (hasNoise ? 2 * values[2][i] : 0))]);
    }

    [Test]
    public void WhatANoiseLevelLosesIsAddedAgain([Values(0, 0.5, 1)] double eta)
    {
        float[] row = EulerAncestralSchedule.For(5, 3, eta);
        Assert.That(row[0], Is.EqualTo(5));
        Assert.That((row[1] * row[1]) + (row[2] * row[2]), Is.EqualTo(9).Within(9 * Tolerance.Float32));
        Assert.That(row[2], Is.EqualTo(eta * 3 * 0.8).Within(Tolerance.Float32));
    }

    [Test]
    public void TheLastStepAddsNothing() =>
        Assert.That(EulerAncestralSchedule.For(0.03, 0), Is.EqualTo(new[] { 0.03f, 0, 0 }));

    [Test]
    public void RefusesToRaiseTheNoise() => Assert.That(
        () => EulerAncestralSchedule.For(1, 2),
        Throws.TypeOf<ShapeException>().With.Message.EqualTo(
            "EulerAncestralSchedule: the noise must not grow and eta not be negative, got 1 to 2 with eta 1"));

    [Test]
    public void RefusesNoiseOfAnotherShape()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([5], seed: 1, device);
        Tensor noise = TestTensors.Normal([6], seed: 1, device);
        Assert.That(
            () => EulerAncestralStep.Forward(x, x, noise, Tensor.From([1f, 1f, 1f], [3], device)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("x and noise must agree"));
    }
}
