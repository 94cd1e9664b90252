using GenKernels.Autograd;

namespace GenKernels.Tests.Autograd;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class GradientTests(Device device)
{
    private TensorScope _scope = null!;

    [SetUp]
    public void OpenScope() => _scope = device.Scope();

    [TearDown]
    public void CloseScope() => _scope.Dispose();

    [Test]
    public void ALeafThatIsUsedTwiceGetsBothGradients()
    {
        Variable x = Leaf(2, -3);
        Assert.That(Values(Gradient.Of((x * x) + (x * 5), x)), Is.EqualTo(new double[] { 9, -1 }));
    }

    [Test]
    public void AResultCanBeDifferentiatedBy()
    {
        Variable x = Leaf(2, -3);
        Variable square = x.Square();
        Variable[] gradients = Gradient.Of(square * 3 * square, [square, x]);
        Assert.That(Values(gradients[0]), Is.EqualTo(new double[] { 24, 54 }), "6 square");
        Assert.That(Values(gradients[1]), Is.EqualTo(new double[] { 96, -324 }), "12 x^3");
    }

    [Test]
    public void TheGradientByTheResultItselfIsOne()
    {
        Variable y = Leaf(2, -3).Square();
        Assert.That(Values(Gradient.Of(y, y)), Is.EqualTo(new double[] { 1, 1 }));
    }

    [Test]
    public void WhereNoGradientFlowsItIsZero()
    {
        Variable x = Leaf(2, -3);
        Variable other = Leaf(1, 2, 3);
        Variable[] gradients = Gradient.Of(x.Square(), [other, x]);
        Assert.That(gradients[0].Shape, Is.EqualTo(other.Shape));
        Assert.That(Values(gradients[0]), Has.All.Zero);
        Assert.That(Values(Gradient.Of(x.Detach().Square(), x)), Has.All.Zero, "beyond a detached variable");
        Assert.That(Values(Gradient.Of(x.Sign(), x)), Has.All.Zero, "through an operation without a gradient");
    }

    [Test]
    public void UpstreamWeighsTheElements()
    {
        Variable x = Leaf(2, -3);
        Variable upstream = new(Tensor.From([10.0, 100], [2], device));
        Assert.That(Values(Gradient.Of(x.Square(), [x], upstream)[0]), Is.EqualTo(new double[] { 40, -600 }));
        Assert.That(Values(upstream), Is.EqualTo(new double[] { 10, 100 }), "the caller's own weights live on");
    }

    [Test]
    public void RejectsUpstreamOfAnotherShape()
    {
        Variable x = Leaf(2, -3);
        Variable upstream = new(Tensor.From([1.0], [1], device));
        Assert.That(
            () => Gradient.Of(x.Square(), [x], upstream),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("Gradient: upstream must have shape [2], got [1]"));
    }

    [Test]
    public void ADifferentiableGradientHasAGradient()
    {
        Variable x = Leaf(2, -3);
        Variable first = Gradient.Of(x * x * x, x, differentiable: true);
        Variable second = Gradient.Of(first, x, differentiable: true);
        Variable third = Gradient.Of(second, x);
        Assert.That(Values(first), Is.EqualTo(new double[] { 12, 27 }));
        Assert.That(Values(second), Is.EqualTo(new double[] { 12, -18 }));
        Assert.That(Values(third), Is.EqualTo(new double[] { 6, 6 }));
    }

    [Test]
    public void AGradientThatIsNotDifferentiableHasNoHistory()
    {
        Variable x = Leaf(2, -3);
        Assert.That(Gradient.Of(x.Square(), x).RequiresGradient, Is.False);
    }

    [Test]
    public void AKeptRecordCanBeWalkedAgain()
    {
        Variable x = Leaf(2, -3);
        Variable y = x.Square().Exp();
        double[] first = Values(Gradient.Of(y, [x], keepRecord: true)[0]);
        double[] second = Values(Gradient.Of(y, [x])[0]);
        Assert.That(second, Is.EqualTo(first));
    }

    [Test]
    public void AConsumedRecordIsRefused()
    {
        Variable x = Leaf(2, -3);
        Variable y = x.Square();
        Gradient.Of(y, x);
        Assert.That(
            () => Gradient.Of(y, x),
            Throws.InvalidOperationException.With.Message.StartsWith(
                "Square: an earlier backward has consumed this record")
                .And.Message.Contains("keepRecord"));
    }

    [Test]
    public void ValuesBetweenAreFreedUnlessTheyAreKept()
    {
        Variable x = Leaf(2, -3);
        Variable freed = x.Square();
        Variable kept = freed.Exp().Keep();
        Variable y = kept * 2;
        Gradient.Of(y, x);
        Expect.Close(kept.Value, [Math.Exp(4), Math.Exp(9)]);
        Expect.Close(y.Value, [2 * Math.Exp(4), 2 * Math.Exp(9)], "the root stays");
        Assert.That(
            () => freed.Value.ToArray<double>(),
            Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("the tensor [2]")
                .And.Message.Contains("backward has consumed it"));
    }

    [Test]
    public void WithoutGradientModeNothingIsRecorded()
    {
        Variable x = Leaf(2, -3);
        Variable y;
        using (GradientMode.Disable())
        {
            Assert.That(GradientMode.IsEnabled, Is.False);
            y = x.Square();
            using (GradientMode.Disable()) Assert.That(GradientMode.IsEnabled, Is.False);
            Assert.That(GradientMode.IsEnabled, Is.False, "the inner one gives back what it found");
        }

        Assert.That(GradientMode.IsEnabled, Is.True);
        Assert.That(y.RequiresGradient, Is.False);
        Assert.That(Values(Gradient.Of(y, x)), Has.All.Zero);
    }

    [Test]
    public void GradientModeIsThatOfTheThread()
    {
        using IDisposable mode = GradientMode.Disable();
        bool elsewhere = false;
        Thread thread = new(() => elsewhere = GradientMode.IsEnabled);
        thread.Start();
        thread.Join();
        Assert.That(elsewhere, Is.True);
    }

    [Test]
    public void GradientsThatNobodyAskedForCostNothing()
    {
        Variable x = new(TestTensors.Normal([8, 8], seed: 1, device), requiresGradient: true);
        Variable w = new(TestTensors.Normal([8, 8], seed: 2, device), requiresGradient: true);
        Variable frozen = new(w.Value);
        long both = Launches(() => Gradient.Of(x.MatMul(w), [x, w]));
        long one = Launches(() => Gradient.Of(x.MatMul(w), x));
        long withFrozen = Launches(() => Gradient.Of(x.MatMul(frozen), x));
        long none = Launches(() => Gradient.Of(new Variable(x.Value).MatMul(frozen), x));
        Assert.That(one, Is.EqualTo(both - 1), "one product less");
        Assert.That(withFrozen, Is.EqualTo(one));
        Assert.That(none, Is.LessThan(one), "the forward product and the zeros alone");
    }

    [Test]
    public void ABranchThatLeadsToNoSourceIsNotWalked()
    {
        Variable x = Leaf(2, -3), other = Leaf(4, 5);
        Variable branch = other.Exp().Exp().Exp();
        Variable y = x.Square() + branch.Sin();
        Variable alone = x.Square() + Leaf(1, 1);
        Assert.That(Launches(() => Gradient.Of(y, x)), Is.EqualTo(Launches(() => Gradient.Of(alone, x))));
    }

    [Test]
    public void FiveThousandOperationsDoNotOverflowTheStack()
    {
        Variable x = Leaf(0, 1);
        Variable y = x;
        for (int step = 0; step < 5_000; step++) y += 1;
        Variable gradient = Gradient.Of(y, x);
        Assert.That(Values(y), Is.EqualTo(new double[] { 5000, 5001 }));
        Assert.That(Values(gradient), Is.EqualTo(new double[] { 1, 1 }));
    }

    /// <summary>A graph traversed path by path would take 2^200 steps.</summary>
    [Test]
    public void SharedResultsAreWalkedOnce()
    {
        Variable x = Leaf(1, 2);
        Variable y = x;
        for (int step = 0; step < 200; step++) y = (y + y) * 0.5f;
        Assert.That(Values(Gradient.Of(y, x)), Is.EqualTo(new double[] { 1, 1 }));
    }

    [Test]
    public void AnOperationThatGivesAGradientOfAnotherShapeIsNamed()
    {
        Variable x = Leaf(1, 2);
        Variable y = Variable.FromOperation("Broken", x.Value.View([1, 2]), [x], (_, g) => [g]);
        Assert.That(
            () => Gradient.Of(y, x),
            Throws.InvalidOperationException.With.Message.EqualTo(
                "Broken: the gradient of input 0 has shape [1, 2], the input [2]"));
        Assert.That(GradientMode.IsEnabled, Is.True, "a failed walk leaves the mode as it was");
    }

    /// <summary>Operations whose differentiable gradient is that of a composed form.</summary>
    [Test]
    public void AnInputThatIsGivenTwiceGetsTheGradientOfBothPlaces([Values] bool differentiable)
    {
        Variable x = new(TestTensors.Normal([3, 4], seed: 1, device, ElementType.Float64));
        Variable twice = new(TestTensors.Normal([4], seed: 2, device, ElementType.Float64), requiresGradient: true);
        Variable weight = new(twice.Value, requiresGradient: true), bias = new(twice.Value, requiresGradient: true);
        Variable[] apart = Gradient.Of(x.LayerNorm(weight, bias), [weight, bias]);
        double[] expected = [.. Values(apart[0]).Zip(Values(apart[1]), (left, right) => left + right)];
        Variable both = Gradient.Of(x.LayerNorm(twice, twice), twice, differentiable);
        Assert.That(Values(both), Is.EqualTo(expected).Within(4 * Tolerance.Float64));  // values to 4
    }

    [Test]
    public void AnOperationThatGivesTooFewGradientsIsNamed()
    {
        Variable x = Leaf(1, 2);
        Variable y = Variable.FromOperation("Broken", x.Value.View([2]), [x, x], (_, g) => [g]);
        Assert.That(
            () => Gradient.Of(y, x),
            Throws.InvalidOperationException.With.Message.EqualTo(
                "Broken: the operation has 2 inputs, its backward gave 1 gradients"));
    }

    private Variable Leaf(params double[] values) =>
        new(Tensor.From(values, [values.Length], device), requiresGradient: true);

    private static double[] Values(Variable variable) => variable.Value.ToArray<double>();

    private long Launches(Action action)
    {
        long before = device.LaunchCount;
        action();
        return device.LaunchCount - before;
    }
}
