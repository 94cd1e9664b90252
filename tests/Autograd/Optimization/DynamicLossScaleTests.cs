using GenKernels.Autograd;
using GenKernels.Kernels.Optimization;
using GenKernels.Kernels.Random;

namespace GenKernels.Tests.Autograd;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class DynamicLossScaleTests(Device device)
{
    private static readonly LossScaleOptions s_options = new(4096, Interval: 2);

    [Test]
    public void TrainingIsTheSameWithAScaleAndWithout()
    {
        using RandomGenerator generator = new(device, 1);
        using TestNetwork network = new(generator);
        using ParameterArena arena = new(network);
        using DynamicLossScale lossScale = new(device, s_options);
        using AdamOptimizer optimizer = new(arena, new AdamOptions(), lossScale);
        using RandomGenerator sameGenerator = new(device, 1);
        using TestNetwork plain = new(sameGenerator);
        using ParameterArena plainArena = new(plain);
        using AdamOptimizer plainOptimizer = new(plainArena, new AdamOptions());
        using Tensor input = TestTensors.Normal([3, 5], seed: 4, device);
        for (int step = 0; step < 5; step++)
        {
            Train(network, arena, optimizer, input, lossScale);
            Train(plain, plainArena, plainOptimizer, input, null);
        }

        Assert.That(lossScale.Value, Is.EqualTo(4 * 4096));
        double[] expected = plainArena.Values.ToDoubles();
        Assert.That(arena.Values.ToDoubles(), Is.EqualTo(expected).Within(Tolerance.Float32));
    }

    [Test]
    public void AnOverflowSkipsTheStepAndDoesNotCount()
    {
        using RandomGenerator generator = new(device, 1);
        using TestNetwork network = new(generator);
        using ParameterArena arena = new(network);
        using TestNetwork shadow = new(generator);
        using ModuleAverage average = new(arena, shadow);
        using DynamicLossScale lossScale = new(device, s_options);
        using AdamOptimizer optimizer = new(arena, new AdamOptions(), lossScale);
        using Tensor input = TestTensors.Normal([3, 5], seed: 4, device);
        Train(network, arena, optimizer, input, lossScale);
        byte[][] before = Bytes(optimizer);
        float[][] parameters = [arena.Values.ToArray<float>(), average.Arena.Values.ToArray<float>()];

        float[] gradient = arena.Gradient.ToArray<float>();
        gradient[0] = float.NegativeInfinity;
        arena.Gradient.CopyFrom<float>(gradient);
        lossScale.Check(arena);
        optimizer.Step(0.05, average: average, averageBeta: 0.5);
        lossScale.Update();
        Assert.That(Bytes(optimizer), Is.EqualTo(before));
        float[][] after = [arena.Values.ToArray<float>(), average.Arena.Values.ToArray<float>()];
        Assert.That(after, Is.EqualTo(parameters));
        Assert.That((optimizer.StepCount, optimizer.SkippedCount, lossScale.Value), Is.EqualTo((2L, 1L, 2048f)));
        Assert.That(lossScale.SkippedCount, Is.EqualTo(1));
    }

    [Test]
    public void ARestoredScaleGoesOnWhereItWas()
    {
        using DynamicLossScale lossScale = new(device, s_options);
        lossScale.Update();
        StateEntry entry = lossScale.WriteState().Single();
        byte[] bytes = entry.Read();
        using DynamicLossScale restored = new(device, s_options with { Initial = 2 });
        restored.LoadState([entry with { Read = () => bytes }]);
        Assert.That(restored.Value, Is.EqualTo(4096));
        restored.Update();
        Assert.That(restored.Value, Is.EqualTo(8192));
    }

    private static void Train(
        TestNetwork network, ParameterArena arena, AdamOptimizer optimizer, Tensor input, DynamicLossScale? lossScale)
    {
        using TensorScope scope = input.Device.Scope();
        Variable loss = (network.Forward(new Variable(input)) + -0.5f).Square().Mean();
        arena.Replace(Gradient.Of(lossScale?.Apply(loss) ?? loss, arena.Variables));
        lossScale?.Check(arena);
        optimizer.Step(learningRate: 0.05);
        lossScale?.Update();
    }

    private static byte[][] Bytes(AdamOptimizer optimizer) =>
        [.. optimizer.WriteState().Select(entry => entry.Read())];
}
