using GenKernels.Autograd;

namespace GenKernels.Tests.Runtime.Devices;

/// <summary>
/// Every launch of every operation and of its gradients gives the same bits with the threads of a block run in forward,
/// reverse and random order, and with shared memory and new tensors filled with NaN.
/// </summary>
public sealed class SimtOrderTests : IDisposable
{
    private readonly SimtDevice _device = new(sanitizer: Sanitizer.Order);

    private static IReadOnlyList<OpSample> Samples => OpCatalog.All;

    public void Dispose() => _device.Dispose();

    [TestCaseSource(nameof(Samples))]
    public void ResultsDoNotDependOnTheOrderOfThreads(OpSample sample)
    {
        using TensorScope scope = _device.Scope();
        Variable[] inputs =
            [.. sample.Shapes.Select((shape, index) => new Variable(Input(sample, shape, index), true))];
        Variable y = sample.Apply(inputs);
        Assert.That(y.Value.ToDoubles(), Has.None.NaN);
        Variable sum = (y * y).Sum();
        Variable[] gradients = Gradient.Of(sum, inputs, differentiable: sample.Order > 1);
        foreach (Variable gradient in gradients) Assert.That(gradient.Value.ToDoubles(), Has.None.NaN);
        if (sample.Order < 2) return;
        Variable penalty = gradients.Select(gradient => (gradient * gradient).Sum()).Aggregate((a, b) => a + b);
        foreach (Variable gradient in Gradient.Of(penalty, inputs))
        {
            Assert.That(gradient.Value.ToDoubles(), Has.None.NaN);
        }
    }

    private Tensor Input(OpSample sample, Shape shape, int index)
    {
        Tensor normal = TestTensors.Normal(shape, seed: 100 + index, _device);
        if (!sample.Positive) return normal;
        double[] values = Array.ConvertAll(normal.ToDoubles(), value => Math.Abs(value) + 0.5);
        return TestTensors.From(values, shape, _device, ElementType.Float32);
    }
}
