using GenKernels.Autograd;

namespace GenKernels.Tests.Autograd;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class VariableTests(Device device)
{
    [Test]
    public void AResultAsksForGradientsWhereAnInputDoes()
    {
        using TensorScope scope = device.Scope();
        Variable plain = new(TestTensors.Normal([2], seed: 1, device));
        Variable leaf = new(TestTensors.Normal([2], seed: 1, device), requiresGradient: true);
        Assert.That((plain + plain).RequiresGradient, Is.False);
        Assert.That((plain + leaf).RequiresGradient, Is.True);
        Assert.That((plain + leaf).Detach().RequiresGradient, Is.False);
    }

    [Test]
    public void AScalarIsRead([Values] FloatType type)
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.From([0.5], [1, 1], device, type.Element()));
        Assert.That(x.ToScalar(), Is.EqualTo(0.5));
    }

    /// <summary>1/3 as a 32-bit factor would be off by 1e-8.</summary>
    [Test]
    public void MeansOf64BitsAreExact()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.From([1, 2, 4], [3], device, ElementType.Float64));
        Assert.That(x.Mean().ToScalar(), Is.EqualTo(7.0 / 3).Within(1e-15));
        Assert.That(x.Mean(0).ToScalar(), Is.EqualTo(7.0 / 3).Within(1e-15));
    }

    [Test]
    public void MoreThanOneElementIsNoScalar()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([2], seed: 1, device));
        Assert.That(
            () => x.ToScalar(),
            Throws.TypeOf<ShapeException>().With.Message.Contains("a scalar has one element, got shape [2]"));
    }

    [Test]
    public void FullFillsAShape([Values] FloatType type)
    {
        using TensorScope scope = device.Scope();
        Variable x = Variable.Full([2, 3], 0.25, type.Element(), device);
        Assert.That(x.Value.ToDoubles(), Is.EqualTo(Enumerable.Repeat(0.25, 6)));
    }

    [Test]
    public void ItSaysHowItCameAbout()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([2], seed: 1, device), requiresGradient: true);
        Assert.That(x.ToString(), Is.EqualTo($"leaf Float32[2] on {device.Name}"));
        Assert.That(x.Square().ToString(), Is.EqualTo($"Square Float32[2] on {device.Name}"));
    }
}
