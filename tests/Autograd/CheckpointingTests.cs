using GenKernels.Autograd;
using GenKernels.Kernels.Random;

namespace GenKernels.Tests.Autograd;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class CheckpointingTests(Device device)
{
    [Test]
    public void ValuesAndGradientsAreThoseWithoutIt()
    {
        using TensorScope scope = device.Scope();
        using RandomGenerator generator = new(device, 1);
        using TestNetwork network = new(generator, depth: 3);
        Variable x = new(TestTensors.Normal([4, 5], seed: 1, device), requiresGradient: true);
        Variable[] leaves = [x, .. network.NamedParameters().Select(entry => entry.Parameter.Value)];
        Variable plain = network.Forward(x.Square()).Sum();
        Variable checkpointed = Checkpointing.Run(network.Forward, x.Square(), network).Sum();
        Assert.That(checkpointed.ToScalar(), Is.EqualTo(plain.ToScalar()));
        Variable[] expected = Gradient.Of(plain, leaves);
        Variable[] actual = Gradient.Of(checkpointed, leaves);
        for (int index = 0; index < leaves.Length; index++)
        {
            Assert.That(
                actual[index].Value.ToArray<float>(), Is.EqualTo(expected[index].Value.ToArray<float>()),
                $"leaf {index}");
        }
    }

    [Test]
    public void GradientsOfGradientsAreThoseWithoutIt()
    {
        using TensorScope scope = device.Scope();
        using RandomGenerator generator = new(device, 1);
        using TestNetwork network = new(generator, depth: 3);
        Variable x = new(TestTensors.Normal([4, 5], seed: 1, device), requiresGradient: true);
        Variable[] leaves = [x, .. network.NamedParameters().Select(entry => entry.Parameter.Value)];
        Variable[] expected = Penalty(network.Forward(x.Square()), x, leaves);
        Variable[] actual = Penalty(Checkpointing.Run(network.Forward, x.Square(), network), x, leaves);
        for (int index = 0; index < leaves.Length; index++)
        {
            Expect.CloseSums(actual[index].Value, expected[index].Value.ToDoubles(), $"leaf {index}");
        }
    }

    [Test]
    public void GradientsMatchFiniteDifferencesThroughTwoSegments()
    {
        using TensorScope scope = device.Scope();
        Tensor[] inputs =
        [
            TestTensors.Normal([3, 4], seed: 1, device, ElementType.Float64),
            TestTensors.Normal([4], seed: 2, device, ElementType.Float64),
        ];
        GradientCheck.Run(leaves =>
        {
            Variable inner = Checkpointing.Run(
                x => (x[0] * leaves[1]).Tanh() * x[1], [leaves[0], leaves[1]], [leaves[1]]);
            return Checkpointing.Run(x => (x[0] * x[1]).Exp().Sin(), [inner, inner], []);
        }, inputs, order: 2);
    }

    [Test]
    public void OnlyWhatIsAskedForIsComputed()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([5], seed: 1, device), requiresGradient: true);
        Variable weight = new(TestTensors.Normal([5], seed: 2, device), requiresGradient: true);
        Variable y = Checkpointing.Run(inputs => inputs[0] * inputs[1], [x, weight], []).Sum();
        Assert.That(Gradient.Of(y, weight).Value.ToArray<float>(), Is.EqualTo(x.Value.ToArray<float>()));
    }

    [Test]
    public void AFunctionMayHandOnItsInput()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([5], seed: 1, device), requiresGradient: true);
        Variable y = Checkpointing.Run(inputs => inputs[0], [x], []).Square().Sum();
        Assert.That(
            Gradient.Of(y, x).Value.ToDoubles(),
            Is.EqualTo(x.Value.ToDoubles().Select(value => 2 * value)));
        Assert.That(x.Value.IsDisposed, Is.False);
    }

    [Test]
    public void AFunctionMayHandOnAParameter()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([5], seed: 1, device), requiresGradient: true);
        Variable weight = new(TestTensors.Normal([5], seed: 2, device), requiresGradient: true);
        Variable y = Checkpointing.Run(_ => weight, [x], [weight]).Square().Sum();
        Assert.That(
            Gradient.Of(y, weight).Value.ToArray<float>(),
            Is.EqualTo(weight.Value.ToArray<float>().Select(value => 2 * value)));
        Assert.That(weight.Value.IsDisposed, Is.False);
    }

    [Test]
    public void PeakMemoryIsLower()
    {
        long plain = PeakOfATrainingStep(isCheckpointed: false);
        long checkpointed = PeakOfATrainingStep(isCheckpointed: true);

        // Of 16 layers with three results each, 4 segment boundaries and the inside of one segment of 4 layers remain.
        Assert.That(checkpointed, Is.LessThan(0.6 * plain));
    }

    private static Variable[] Penalty(Variable y, Variable x, Variable[] leaves) =>
        Gradient.Of(Gradient.Of(y.Sum(), x, differentiable: true).Square().Sum(), leaves);

    private long PeakOfATrainingStep(bool isCheckpointed)
    {
        using TensorScope scope = device.Scope();
        using RandomGenerator generator = new(device, 1);
        using TestNetwork network = new(generator, width: 64, depth: 16);
        Variable[] leaves = [.. network.NamedParameters().Select(entry => entry.Parameter.Value)];
        Variable x = new(TestTensors.Normal([64, 64], seed: 1, device));
        long before = device.Memory.Statistics().Live;
        device.Memory.ResetPeak();
        foreach (TestLayer[] segment in network.Layers.Chunk(4))
        {
            Variable[] parameters =
            [
                .. segment.SelectMany(layer => layer.NamedParameters()).Select(entry => entry.Parameter.Value),
            ];
            Func<Variable, Variable> forward = y => segment.Aggregate(y, (input, layer) => layer.Forward(input));
            x = isCheckpointed ? Checkpointing.Run(inputs => forward(inputs[0]), [x], parameters) : forward(x);
        }

        Gradient.Of(x.Sum(), leaves);
        return device.Memory.Statistics().Peak - before;
    }
}
