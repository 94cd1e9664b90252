using GenKernels.Autograd;

namespace GenKernels.Tests.Autograd;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class AnomalyModeTests(Device device)
{
    [Test]
    public void TheOperationThatMakesANanIsNamed([Values] FloatType type)
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.From([1, -4], [2], device, type.Element()), requiresGradient: true);
        using IDisposable mode = AnomalyMode.Enable();
        Assert.That(
            () => x.Affine(1, 0).Sqrt().Exp(),
            Throws.TypeOf<AnomalyException>().With.Message.StartsWith("SquareRoot made a NaN from inputs that had none")
                .And.Message.Contains($"{type}[2]"));
    }

    [Test]
    public void TheGradientThatMakesANanIsNamed()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.From([0], [1], device, ElementType.Float32), requiresGradient: true);
        using IDisposable mode = AnomalyMode.Enable();
        Variable y = x.Sqrt() * 0;
        Assert.That(
            () => Gradient.Of(y, x),
            Throws.TypeOf<AnomalyException>().With.Message.Contains("made a NaN"));
    }

    [Test]
    public void WhatCameInAsNanIsNobodysFault()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.From([double.NaN], [1], device, ElementType.Float32));
        using IDisposable mode = AnomalyMode.Enable();
        Assert.That((x + 1).ToScalar(), Is.NaN);
    }

    [Test]
    public void OtherwiseANanPasses()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.From([-1], [1], device, ElementType.Float32));
        using (AnomalyMode.Enable())
        {
        }

        Assert.That(x.Sqrt().ToScalar(), Is.NaN, "the mode ended with its scope");
    }
}
