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
