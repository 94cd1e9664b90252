using GenKernels.Autograd;
using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.Elementwise;

namespace GenKernels.Tests.Autograd.Convolution;

/// <summary>The fused gradient against that of the composed form, which finite differences verify.</summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class ScaledConvolutionTests(Device device)
{
    private static readonly BiasActivationOptions s_leaky = new(Activation.LeakyRelu, 1.25f, 8, 0.25f);

    /// <summary>
    /// Not in 16 bits, where a result near 0 may have the other sign; in 32 bits with channel counts that no tensor
    /// core takes.
    /// </summary>
    [TestCase(ElementType.Float64, 3)]
    [TestCase(ElementType.Float64, 16)]
    [TestCase(ElementType.Float64, 21)]
    [TestCase(ElementType.Float32, 3)]
    public void ValuesAndGradientsAreThoseOfTheComposedForm(ElementType type, int channels)
    {
        Check(type, [2, 3, 5, 9, channels], frames: 3, hasNoise: false, s_leaky);
        Check(type, [2, 3, 5, 9, channels], frames: 1, hasNoise: true, s_leaky);
    }

    [Test]
    public void OtherFunctionsAreComposedWhileRecorded() => Check(
        ElementType.Float64, [1, 2, 4, 5, 3], frames: 2, hasNoise: true, new(Activation.Swish, 1.25f, 8));

    [Test]
    public void OnlyTheResultIsKept()
    {
        using TensorScope scope = device.Scope();
        Variable[] inputs = Inputs(ElementType.Float32, [1, 2, 8, 8, 16], frames: 2);
        long before = device.Memory.Statistics().Live;
        Variable y = Apply(inputs, noise: null, s_leaky);
        Assert.That(device.Memory.Statistics().Live - before, Is.EqualTo(y.Value.Bytes));
    }

    [Test]
    public void GradientsCanBeDifferentiatedAgain()
    {
        using TensorScope scope = device.Scope();
        Variable[] inputs = Inputs(ElementType.Float64, [1, 2, 4, 3, 3], frames: 2);
        Variable fused = Penalty(inputs, Apply(inputs, null, s_leaky));
        Variable composed = Penalty(inputs, Composed(inputs, null, s_leaky));
        Variable[] expected = Gradient.Of(composed, inputs);
        Variable[] actual = Gradient.Of(fused, inputs);
        for (int index = 0; index < inputs.Length; index++)
        {
            Expect.CloseSums(actual[index].Value, expected[index].Value.ToDoubles(), $"input {index}");
        }
    }

    private static Variable Penalty(Variable[] inputs, Variable y) =>
        Gradient.Of(y.Square().Sum(), inputs[0], differentiable: true).Square().Sum();

    private static Variable Apply(Variable[] inputs, Tensor? noise, BiasActivationOptions after) =>
        inputs[0].ScaledConvolution(
            inputs[1], inputs[2], ConvolutionOptions.Padded(Triple.One), inputs[3], noise, inputs[4], after);

    private static Variable Composed(Variable[] inputs, Tensor? noise, BiasActivationOptions after) =>
        inputs[0].ScaledConvolutionComposed(
            inputs[1], inputs[2], ConvolutionOptions.Padded(Triple.One), inputs[3], noise, inputs[4], after);

    private void Check(ElementType type, Shape shape, int frames, bool hasNoise, BiasActivationOptions after)
    {
        using TensorScope scope = device.Scope();
        Variable[] inputs = Inputs(type, shape, frames);
        Tensor? noise = hasNoise ? TestTensors.Normal(shape.With(4, 1), seed: 6, device, type) : null;
        Tensor? exactNoise = noise is null ? null : Exact(noise);
        Variable[] exact = Array.ConvertAll(inputs, input => new Variable(Exact(input.Value), true));
        Variable y = Apply(inputs, noise, after);
        Variable expectedY = Composed(exact, exactNoise, after);
        Expect.CloseSums(y.Value, expectedY.Value.ToDoubles(), "y");

        Tensor g = TestTensors.Normal(y.Shape, seed: 7, device, type);
        Variable[] expected = Gradient.Of(expectedY, exact, new Variable(Exact(g)));
        Variable[] actual = Gradient.Of(y, inputs, new Variable(g));
        for (int index = 0; index < inputs.Length; index++)
        {
            Expect.CloseSums(actual[index].Value, expected[index].Value.ToDoubles(), $"input {index}, {type}");
        }
    }

    private Variable[] Inputs(ElementType type, Shape x, int frames)
    {
        int outputs = Math.Max(16, x[4]);
        Shape[] shapes = [x, [outputs, 3, 3, 3, x[4]], [x[0], frames, x[4]], [x[0], frames, outputs], [outputs]];
        Variable[] inputs =
        [
            .. shapes.Select((shape, index) => new Variable(
                TestTensors.Normal(shape, seed: index + 1, device, type), requiresGradient: true)),
        ];

        // Like demodulation: scales the sums to about 1.
        double[] factors = Array.ConvertAll(inputs[3].Value.ToDoubles(), value => 0.05 + (0.01 * Math.Abs(value)));
        inputs[3] = new Variable(TestTensors.From(factors, shapes[3], device, type), requiresGradient: true);
        return inputs;
    }

    private Tensor Exact(Tensor tensor) =>
        TestTensors.From(tensor.ToDoubles(), tensor.Shape, device, ElementType.Float64);
}
