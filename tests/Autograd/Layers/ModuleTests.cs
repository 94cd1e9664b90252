using GenKernels.Autograd;
using GenKernels.Kernels.Random;

namespace GenKernels.Tests.Autograd;

public sealed class ModuleTests
{
    private static readonly Device s_device = TestDevices.Usual;

    [Test]
    public void ParametersAreNamedFromTheRootInOrder()
    {
        using RandomGenerator generator = new(s_device, 1);
        using TestNetwork network = new(generator);
        string[] expected =
        [
            "gain", "temporal_layers.0.weight_0", "temporal_layers.0.bias_0", "temporal_layers.1.weight_0",
            "temporal_layers.1.bias_0",
        ];
        Assert.That(network.NamedParameters().Select(entry => entry.Name), Is.EqualTo(expected));
        Assert.That(network.NamedBuffers().Select(entry => entry.Name), Is.EqualTo(new[] { "filter", "count" }));
        Assert.That(network.ParameterCount, Is.EqualTo(21));
    }

    [Test]
    public void GradientsCanBeSwitchedOffForAll()
    {
        using TensorScope scope = s_device.Scope();
        using RandomGenerator generator = new(s_device, 1);
        using TestNetwork network = new(generator);
        using Tensor x = Tensor.Zeros([5], ElementType.Float32, s_device);
        network.RequiresGradient(false);
        network.Forward(new Variable(x));
        Assert.That(network.NamedParameters().Select(entry => entry.Parameter.Value.RequiresGradient), Is.All.False);
        network.RequiresGradient(true);
        Assert.That(network.NamedParameters().Select(entry => entry.Parameter.Value.RequiresGradient), Is.All.True);
    }

    [Test]
    public void ParametersOutliveTheScopeTheyWereMadeInAndDieWithTheModule()
    {
        using HostDevice device = new(coreCount: 1);
        using RandomGenerator generator = new(device, 1);
        int before = device.Memory.Statistics().LiveBuffers;
        TestNetwork network;
        using (device.Scope()) network = new TestNetwork(generator);
        Assert.That(network.Gain.Value.ToScalar(), Is.EqualTo(1.5));
        network.Dispose();
        network.Dispose();
        Assert.That(device.Memory.Statistics().LiveBuffers, Is.EqualTo(before));
    }

    [Test]
    public void ParametersAreDrawnWithTheirDeviation()
    {
        using RandomGenerator generator = new(s_device, 3);
        using Parameter normal = Parameter.Normal([100_000], 0.02f, generator);
        using Parameter uniform = Parameter.Uniform([100_000], 0.5f, generator);
        double[] values = normal.Value.Value.ToDoubles();
        double deviation = Math.Sqrt(values.Average(value => value * value));
        Assert.That(deviation, Is.EqualTo(0.02).Within(5 * 0.02 / Math.Sqrt(200_000)));  // five of its own deviations
        double[] even = uniform.Value.Value.ToDoubles();
        Assert.That(even.Min(), Is.InRange(-0.5, -0.499));
        Assert.That(even.Max(), Is.InRange(0.499, 0.5));
    }

    [Test]
    public void RejectsANameThatIsTaken() =>
        Assert.That(
            () => new Twice(),
            Throws.ArgumentException.With.Message.Contains("Twice").And.Message.Contains("\"same\""));

    [Test]
    public void RejectsAParameterOfIntegers()
    {
        using Tensor count = Tensor.From([1L], [], s_device);
        Assert.That(() => new Parameter(count), Throws.ArgumentException.With.Message.Contains("must hold floats"));
    }

    private sealed class Twice : Module
    {
        internal Twice()
        {
            Register("same", new ModuleList<Twice>([]));
            Register("same", new ModuleList<Twice>([]));
        }
    }
}
