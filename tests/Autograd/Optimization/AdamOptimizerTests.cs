using GenKernels.Autograd;
using GenKernels.Kernels.Optimization;
using GenKernels.Kernels.Random;

namespace GenKernels.Tests.Autograd;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class AdamOptimizerTests(Device device)
{
    [Test]
    public void ParametersKeepTheirNumbersAndIdentityInTheArena()
    {
        using RandomGenerator generator = new(device, 1);
        using TestNetwork network = new(generator);
        Variable[] variables = [.. network.NamedParameters().Select(entry => entry.Parameter.Value)];
        double[][] before = [.. variables.Select(variable => variable.Value.ToDoubles())];
        using ParameterArena arena = new(network);
        Assert.That(arena.Variables, Is.EqualTo(variables));
        Assert.That(variables.Select(variable => variable.Value.ToDoubles()), Is.EqualTo(before));
        Assert.That(variables.Select(variable => (long)variable.Value.Address % 16), Is.All.Zero);
        Assert.That(arena.Values.ElementCount, Is.EqualTo(4 + (4 * 8)));
        arena.Values.CopyFrom<float>(new float[36]);
        Assert.That(variables.SelectMany(variable => variable.Value.ToDoubles()), Is.All.Zero);
    }

    [Test]
    public void GradientsAddUpUntilTheyAreReplaced()
    {
        using TensorScope scope = device.Scope();
        using RandomGenerator generator = new(device, 1);
        using TestNetwork network = new(generator, depth: 1);
        using ParameterArena arena = new(network);
        float[] bias = [.. Enumerable.Range(1, 5).Select(value => (float)value)];
        Variable[] gradients =
        [
            Variable.Full([], 2, ElementType.Float32, device), Variable.Full([5], 3, ElementType.Float32, device),
            new Variable(Tensor.From(bias, [5], device)),
        ];
        arena.Accumulate(gradients);
        arena.Accumulate(gradients);
        float[] expected = [4, 0, 0, 0, 6, 6, 6, 6, 6, 0, 0, 0, 2, 4, 6, 8, 10, 0, 0, 0];
        Assert.That(arena.Gradient.ToArray<float>(), Is.EqualTo(expected));
        arena.Replace(gradients);
        Assert.That(arena.Gradient.ToArray<float>(), Is.EqualTo(expected.Select(sum => sum / 2)));
    }

    [Test]
    public void AStepMovesEveryParameterAgainstItsGradient()
    {
        using RandomGenerator generator = new(device, 1);
        using TestNetwork network = new(generator);
        using ParameterArena arena = new(network);
        using AdamOptimizer optimizer = new(arena, new AdamOptions());
        using Tensor input = TestTensors.Normal([3, 5], seed: 4, device);
        double first = TrainingStep(network, arena, optimizer, input);
        double last = first;
        for (int step = 0; step < 60; step++) last = TrainingStep(network, arena, optimizer, input);
        Assert.That(optimizer.StepCount, Is.EqualTo(61));
        Assert.That(last, Is.LessThan(0.05 * first));
    }

    [Test]
    public void ARestoredOptimizerGoesOnToTheSameBits()
    {
        using RandomGenerator generator = new(device, 1);
        using TestNetwork network = new(generator);
        using ParameterArena arena = new(network);
        using AdamOptimizer optimizer = new(arena, new AdamOptions(0.5, 0.9));
        using Tensor input = TestTensors.Normal([3, 5], seed: 4, device);
        for (int step = 0; step < 3; step++) TrainingStep(network, arena, optimizer, input);
        StateEntry[] state = Snapshot(optimizer.WriteState());
        StateEntry[] parameters = Snapshot(StateDict.Write(network));
        TrainingStep(network, arena, optimizer, input);
        float[] expected = arena.Values.ToArray<float>();

        using TestNetwork other = new(generator);
        using ParameterArena otherArena = new(other);
        using AdamOptimizer restored = new(otherArena, new AdamOptions(0.5, 0.9));
        StateDict.Load(other, parameters);
        restored.LoadState(state);
        TrainingStep(other, otherArena, restored, input);
        Assert.That(otherArena.Values.ToArray<float>(), Is.EqualTo(expected));
        Assert.That(restored.StepCount, Is.EqualTo(4));
    }

    [Test]
    public void AverageFollowsParametersInTheStepAndBuffersAfterIt()
    {
        using RandomGenerator generator = new(device, 1);
        using TestNetwork network = new(generator);
        using TestNetwork shadow = new(generator);
        using ParameterArena arena = new(network);
        using ModuleAverage average = new(arena, shadow);
        using AdamOptimizer optimizer = new(arena, new AdamOptions());
        Assert.That(average.Arena.Values.ToArray<float>(), Is.EqualTo(arena.Values.ToArray<float>()));

        float[] before = average.Arena.Values.ToArray<float>();
        arena.Gradient.CopyFrom<float>([.. Enumerable.Repeat(1f, 36)]);
        optimizer.Step(0.1, average: average, averageBeta: 0.75);
        network.Filter.Value.CopyFrom<float>([5, 7, 7, 5]);
        network.Count.Value.CopyFrom<long>([8]);
        average.Prepare(0.75);
        average.ApplyToBuffers();
        float[] after = arena.Values.ToArray<float>();
        float[] actual = average.Arena.Values.ToArray<float>();
        for (int i = 0; i < actual.Length; i++)
        {
            double expected = (0.75 * before[i]) + (0.25 * after[i]);
            Assert.That(actual[i], Is.EqualTo(expected).Within(Tolerance.Float32), $"element {i}");
        }

        Assert.That(shadow.Filter.Value.ToArray<float>(), Is.EqualTo(new float[] { 2, 4, 4, 2 }));
        Assert.That(shadow.Count.Value.ToArray<long>(), Is.EqualTo(new[] { 8L }));
        average.Update(0);
        Assert.That(average.Arena.Values.ToArray<float>(), Is.EqualTo(after));
    }

    [Test]
    public void TheGradientIsScaledFirst()
    {
        using RandomGenerator generator = new(device, 1);
        using TestNetwork network = new(generator, depth: 0);
        using ParameterArena arena = new(network);
        using AdamOptimizer optimizer = new(arena, new AdamOptions());
        arena.Gradient.CopyFrom<float>([8, 0, 0, 0]);
        optimizer.Step(0.1, gradientScale: 0.25);
        StateEntry moment = optimizer.WriteState().Single(entry => entry.Name == "first_moment.gain");
        Assert.That(moment.Values<float>()[0], Is.EqualTo(0.2f).Within(Tolerance.Float32));
    }

    [Test]
    public void RejectsAnAverageOfAnotherStructure()
    {
        using RandomGenerator generator = new(device, 1);
        using TestNetwork network = new(generator, width: 5);
        using TestNetwork other = new(generator, width: 6);
        using ParameterArena arena = new(network);
        Assert.That(
            () => new ModuleAverage(arena, other),
            Throws.TypeOf<ShapeException>().With.Message.Contains(
                "temporal_layers.0.weight_0 [6] against temporal_layers.0.weight_0 [5]"));
    }

    [Test]
    public void RejectsAnAverageWithOtherBuffers()
    {
        using Counted network = new(Tensor.From([7L], [], device)), other = new(Tensor.From([7], [], device));
        using ParameterArena arena = new(network);
        Assert.That(
            () => new ModuleAverage(arena, other),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "ModuleAverage: count Int32[] against count Int64[]"));
    }

    [Test]
    public void RejectsParametersThatAreNoSingles()
    {
        using RandomGenerator generator = new(device, 1);
        using TestNetwork network = new(generator, type: ElementType.Float64);
        Assert.That(
            () => new ParameterArena(network),
            Throws.TypeOf<ShapeException>().With.Message.Contains("gain must be Float32, got Float64"));
    }

    [Test]
    public void RejectsTooFewGradients()
    {
        using RandomGenerator generator = new(device, 1);
        using TestNetwork network = new(generator);
        using ParameterArena arena = new(network);
        Assert.That(
            () => arena.Accumulate([]),
            Throws.TypeOf<ShapeException>().With.Message.Contains("5 gradients are needed, got 0"));
        Assert.That(
            () => arena.Replace([]),
            Throws.TypeOf<ShapeException>().With.Message.Contains("5 gradients are needed, got 0"));
    }

    [Test]
    public void NothingIsLeftWhenAllIsDisposed()
    {
        int before = device.Memory.Statistics().LiveBuffers;
        using (device.Scope())
        {
            using RandomGenerator generator = new(device, 1);
            using TestNetwork network = new(generator);
            using TestNetwork shadow = new(generator);
            using ParameterArena arena = new(network);
            using ModuleAverage average = new(arena, shadow);
            using AdamOptimizer optimizer = new(arena, new AdamOptions());
            using Tensor input = TestTensors.Normal([3, 5], seed: 4, device);
            TrainingStep(network, arena, optimizer, input);
        }

        Assert.That(device.Memory.Statistics().LiveBuffers, Is.EqualTo(before));
    }

    private static double TrainingStep(TestNetwork network, ParameterArena arena, AdamOptimizer optimizer, Tensor input)
    {
        using TensorScope scope = input.Device.Scope();
        Variable loss = (network.Forward(new Variable(input)) + -0.5f).Square().Mean();
        arena.Replace(Gradient.Of(loss, arena.Variables));
        optimizer.Step(learningRate: 0.05);
        return loss.ToScalar();
    }

    private static StateEntry[] Snapshot(IEnumerable<StateEntry> entries) => [.. entries.Select(entry =>
    {
        byte[] bytes = entry.Read();
        return entry with { Read = () => bytes };
    })];

    private sealed class Counted : Module
    {
        internal Counted(Tensor count)
        {
            Register("weight", Parameter.Full([2], 1, count.Device));
            Register("count", new StateBuffer(count));
        }
    }
}
