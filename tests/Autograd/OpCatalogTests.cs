using GenKernels.Autograd;

namespace GenKernels.Tests.Autograd;

/// <summary>Properties of every operation.</summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class OpCatalogTests(Device device)
{
    private static IReadOnlyList<OpSample> Samples => OpCatalog.All;

    [TestCaseSource(nameof(Samples))]
    public void GradientsMatchFiniteDifferences(OpSample sample)
    {
        using TensorScope scope = device.Scope();
        GradientCheck.Run(sample.Apply, Inputs(sample, ElementType.Float64), sample.Order);
    }

    [TestCaseSource(nameof(Samples))]
    public void EveryTypeAgreesWithDouble(OpSample sample)
    {
        using TensorScope scope = device.Scope();
        foreach (ElementType type in new[] { ElementType.Float32, ElementType.Float16, ElementType.BFloat16 })
        {
            // Both start from the same rounded numbers, so that only the operation's own rounding differs.
            Tensor[] rounded = Inputs(sample, type);
            Tensor[] exact = Array.ConvertAll(
                rounded, x => TestTensors.From(x.ToDoubles(), x.Shape, device, ElementType.Float64));
            foreach (((string name, double[] expected), (_, double[] actual)) in
                ValuesAndGradients(sample, exact).Zip(ValuesAndGradients(sample, rounded)))
            {
                double scale = expected.Select(Math.Abs).Append(1).Max();
                double tolerance = 4 * Tolerance.For(type) * scale;  // an operation may round several times
                Assert.That(actual, Is.EqualTo(expected).Within(tolerance), $"{type}, {name}");
            }
        }
    }

    [TestCaseSource(nameof(Samples))]
    public void TheSameInputGivesTheSameBits(OpSample sample)
    {
        using TensorScope scope = device.Scope();
        Tensor[] inputs = Inputs(sample, ElementType.Float32);
        float[] first = Apply(sample, inputs).ToArray<float>();
        float[] second = Apply(sample, inputs).ToArray<float>();
        Assert.That(second, Is.EqualTo(first));
    }

    /// <summary>Values and gradients in 32 bits, the type of training.</summary>
    [TestCaseSource(nameof(Samples))]
    public void AllDevicesAgreeWithTheHost(OpSample sample)
    {
        if (device == TestDevices.Host) Assert.Pass("it is the host");
        using TensorScope scope = device.Scope();
        using TensorScope hostScope = TestDevices.Host.Scope();
        Tensor[] inputs = Inputs(sample, ElementType.Float32);
        Tensor[] copies = Array.ConvertAll(
            inputs, x => TestTensors.From(x.ToDoubles(), x.Shape, TestDevices.Host, ElementType.Float32));
        (string Name, double[] Values)[] actual = ValuesAndGradients(sample, inputs);
        (string Name, double[] Values)[] expected = ValuesAndGradients(sample, copies);
        foreach (((string name, double[] values), (_, double[] own)) in expected.Zip(actual))
        {
            double scale = values.Select(Math.Abs).Append(1).Max();
            double tolerance = 8 * Tolerance.Float32 * scale;  // both sides round, several times
            Assert.That(own, Is.EqualTo(values).Within(tolerance), name);
        }
    }

    private static (string Name, double[] Values)[] ValuesAndGradients(OpSample sample, Tensor[] inputs)
    {
        Variable[] sources = Array.ConvertAll(inputs, x => new Variable(x, requiresGradient: true));
        Variable y = sample.Apply(sources);
        if (y.Node is null) return [("value", y.Value.ToDoubles())];
        double[] weights = [.. Enumerable.Range(0, (int)y.Value.ElementCount).Select(index => Math.Cos(index))];
        Variable upstream = new(TestTensors.From(weights, y.Shape, y.Device, y.Type));
        Variable[] gradients = Gradient.Of(y, sources, upstream, keepRecord: true);
        return
        [
            ("value", y.Value.ToDoubles()),
            .. gradients.Select((gradient, index) => ($"gradient {index}", gradient.Value.ToDoubles())),
        ];
    }

    private static Tensor Apply(OpSample sample, Tensor[] inputs) =>
        sample.Apply(Array.ConvertAll(inputs, x => new Variable(x))).Value;

    private Tensor[] Inputs(OpSample sample, ElementType type)
    {
        Tensor[] inputs = new Tensor[sample.Shapes.Length];
        for (int index = 0; index < inputs.Length; index++)
        {
            using Tensor normal =
                TestTensors.Normal(sample.Shapes[index], seed: 100 + index, device, ElementType.Float64);
            double[] values = normal.ToDoubles();
            if (sample.Positive) values = Array.ConvertAll(values, value => Math.Abs(value) + 0.5);
            inputs[index] = TestTensors.From(values, sample.Shapes[index], device, type);
        }

        return inputs;
    }
}
