using GenKernels.Autograd;

namespace GenKernels.Tests.Autograd;

/// <summary>The gradient check that all other tests rely on finds a wrong gradient.</summary>
public sealed class GradientCheckTests
{
    private static Device Device => TestDevices.Usual;

    [Test]
    public void AWrongGradientIsFound()
    {
        using TensorScope scope = Device.Scope();
        Tensor x = TestTensors.Normal([4], seed: 1, Device, ElementType.Float64);
        Assert.That(
            () => GradientCheck.Run(v => Wrong(v, 1.001f), x, order: 1),
            Throws.TypeOf<GradientCheckException>().With.Message.Contains("the gradient of input 0"));
        Assert.That(() => GradientCheck.Run(v => Wrong(v, 1), x, order: 1), Throws.Nothing);
    }

    [Test]
    public void AGradientThatHidesItsHistoryIsFoundInTheSecondOrder() =>
        AssertFoundInTheSecondOrderAlone(Forgetful, "the gradient of the gradient of input 0");

    [Test]
    public void AGradientThatIsWrongOnlyWhereItIsDifferentiableIsFoundInTheSecondOrder() =>
        AssertFoundInTheSecondOrderAlone(DoubledWhereRecorded, "the differentiable gradient of input 0");

    private static void AssertFoundInTheSecondOrderAlone(Func<Variable, Variable> function, string what)
    {
        using TensorScope scope = Device.Scope();
        Tensor x = TestTensors.Normal([4], seed: 1, Device, ElementType.Float64);
        Assert.That(
            () => GradientCheck.Run(function, x, order: 2),
            Throws.TypeOf<GradientCheckException>().With.Message.Contains(what));
        Assert.That(() => GradientCheck.Run(function, x, order: 1), Throws.Nothing);
    }

    private static Variable DoubledWhereRecorded(Variable x) => Variable.FromOperation(
        "DoubledWhereRecorded", x.Detach().Square().Value, [x],
        (_, g) => [g * x * (GradientMode.IsEnabled ? 4 : 2)]);

    private static Variable Wrong(Variable x, float factor) =>
        Variable.FromOperation("Wrong", x.Detach().Square().Value, [x], (_, g) => [g * x * (2 * factor)]);

    private static Variable Forgetful(Variable x) =>
        Variable.FromOperation("Forgetful", x.Detach().Square().Value, [x], (_, g) => [g * x.Detach() * 2]);
}
