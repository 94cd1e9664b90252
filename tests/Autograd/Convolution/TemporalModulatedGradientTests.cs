using GenKernels.Autograd;
using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.Elementwise;

namespace GenKernels.Tests.Autograd.Convolution;

/// <summary>The demodulated convolution in few launches, against the one composed of other operations.</summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class TemporalModulatedGradientTests(Device device)
{
    private static readonly Triple s_padding = new(1, 1, 1);

    /// <summary>Of few weights that are not 0, the epsilon and its gradients are large enough to be seen.</summary>
    [Test]
    public void AgreesWithTheComposedOperation([Values] bool isSparse, [Values] bool hasGainAndBias)
    {
        using TensorScope scope = device.Scope();
        Variable[] sources = Sources(ElementType.Float64, ElementType.Float64, isSparse);
        (Variable? gain, Variable? bias) = hasGainAndBias ? (sources[3], sources[4]) : (null, null);
        sources = hasGainAndBias ? sources : sources[..3];
        BiasActivationOptions after = BiasActivationOptions.For(Activation.LeakyRelu, clamp: 4);

        Variable y = sources[0].TemporalModulatedConvolution(
            sources[1], sources[2], gain, s_padding, outputGain: 1.5f, bias: bias, options: after);
        Variable expected = sources[0].TemporalModulatedConvolutionComposed(
            sources[1], sources[2], gain, s_padding, outputGain: 1.5f, bias: bias, options: after);
        Compare(y, expected, Tolerance.For(y.Type));
        Variable upstream = new(TestTensors.Normal(y.Shape, seed: 9, device, y.Type));
        Variable[] gradients = Gradient.Of(y, sources, upstream);
        Variable[] wanted = Gradient.Of(expected, sources, upstream);
        for (int index = 0; index < sources.Length; index++)
        {
            Compare(gradients[index], wanted[index], Tolerance.For(y.Type));
        }
    }

    /// <summary>16-bit activations with 32-bit parameters: gradients err by a few roundings.</summary>
    [Test]
    public void GradientsOf16BitsAgreeWithDouble([Values] bool isHalf)
    {
        using TensorScope scope = device.Scope();
        ElementType type = isHalf ? ElementType.Float16 : ElementType.BFloat16;
        Variable[] sources = Sources(type, ElementType.Float32, isSparse: false);
        Variable[] exact = [.. sources.Select(source =>
            new Variable(source.Cast(ElementType.Float64).Value, requiresGradient: true))];
        Variable[] gradients = Gradients(sources);
        Variable[] wanted = Gradients(exact);
        for (int index = 0; index < sources.Length; index++)
        {
            Assert.That(gradients[index].Type, Is.EqualTo(sources[index].Type), $"input {index}");
            Compare(gradients[index], wanted[index], Tolerance.For(type));
        }
    }

    private static Variable[] Gradients(Variable[] sources)
    {
        Variable y = sources[0].TemporalModulatedConvolution(
            sources[1], sources[2], sources[3], s_padding, bias: sources[4],
            options: BiasActivationOptions.For(Activation.LeakyRelu, clamp: 256));
        return Gradient.Of(y, sources);
    }

    private Variable[] Sources(ElementType type, ElementType typeOfParameters, bool isSparse)
    {
        Tensor w = TestTensors.Normal([6, 3, 3, 3, 8], seed: 2, device, typeOfParameters);
        Tensor style = TestTensors.Normal([2, 3, 8], seed: 3, device, typeOfParameters);
        return
        [
            Leaf(TestTensors.Normal([2, 3, 4, 5, 8], seed: 1, device, type)),
            Leaf(isSparse ? Sparse(w, every: 70) : w), Leaf(isSparse ? Sparse(style, every: 7) : style),
            Leaf(TestTensors.From([0.75], [1], device, typeOfParameters)),
            Leaf(TestTensors.Normal([6], seed: 4, device, typeOfParameters)),
        ];

        static Variable Leaf(Tensor value) => new(value, requiresGradient: true);
    }

    private Tensor Sparse(Tensor values, int every) => TestTensors.From(
        [.. values.ToDoubles().Select((value, at) => at % every == 0 ? value : 0)], values.Shape, device, values.Type);

    private static void Compare(Variable actual, Variable expected, double tolerance)
    {
        (double[] values, double[] wanted) = (actual.Value.ToDoubles(), expected.Value.ToDoubles());
        Assert.That(wanted, Has.Some.Not.Zero);
        double scale = wanted.Select(Math.Abs).Append(1).Max();  // a gradient near 0 is a sum of terms that are not
        Assert.That(values, Is.EqualTo(wanted).Within(tolerance * scale));
    }
}
