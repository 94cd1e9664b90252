using GenKernels.Autograd;
using GenKernels.Kernels.Convolution;

namespace GenKernels.Tests.Autograd.Convolution;

/// <summary>16-bit activations with 32-bit weights, styles and biases.</summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class TemporalModulatedPrecisionTests(Device device)
{
    private const int Clips = 2, FrameCount = 2, Size = 3, Inputs = 8, Outputs = 6;
    private static readonly Triple s_padding = new(1, 1, 1);

    [Test]
    public void TheErrorIsNoLargerThanThatOfPlainRounding([Values] bool isHalf, [Values] bool hasGradient)
    {
        ElementType type = isHalf ? ElementType.Float16 : ElementType.BFloat16;
        using TensorScope scope = device.Scope();
        (Variable x, Variable w, Variable style) = Operands(type, weightSize: 1, styleSize: 1, hasGradient);
        Tensor y = x.TemporalModulatedConvolution(w, style, null, s_padding).Value;
        Assert.That(y.Type, Is.EqualTo(type));
        double[] exact = Formula(x, w, style, value => value);
        double[] plain = Formula(x, w, style, value => Tf32.Rounded(value, type));
        Assert.That(Error(y.ToDoubles(), exact), Is.LessThanOrEqualTo(1.5 * Error(plain, exact)));
    }

    /// <summary>The magnitudes of weights and styles cancel; sums of their unscaled products would overflow to
    /// infinity.</summary>
    [Test]
    public void LargeWeightsAndStylesDoNotOverflowHalves()
    {
        using TensorScope scope = device.Scope();
        (Variable x, Variable w, Variable style) = Operands(ElementType.Float16, 1, 1, hasGradient: true);
        (_, Variable large, Variable strong) = Operands(ElementType.Float16, 8192, 1024, hasGradient: true);
        Variable expected = x.TemporalModulatedConvolution(w, style, null, s_padding);
        Variable y = x.TemporalModulatedConvolution(large, strong, null, s_padding);
        Assert.That(y.Value.ToDoubles(), Is.EqualTo(expected.Value.ToDoubles()).Within(Tolerance.For(x.Type)));
        foreach (Variable gradient in Gradient.Of(y, [x, large, strong]))
        {
            Assert.That(gradient.Value.ToDoubles(), Is.All.Matches<double>(double.IsFinite));
        }
    }

    private (Variable X, Variable W, Variable Style) Operands(
        ElementType type, float weightSize, float styleSize, bool hasGradient)
    {
        Variable x = new(TestTensors.Normal([Clips, FrameCount, Size, Size, Inputs], seed: 1, device, type));
        Variable w = new(TestTensors.Normal([Outputs, 3, 3, 3, Inputs], seed: 2, device));
        Variable style = new(TestTensors.Normal([Clips, FrameCount, Inputs], seed: 3, device));
        x.RequiresGradient = hasGradient;
        return (x, Leaf(w * weightSize), Leaf((style + 1) * styleSize));

        Variable Leaf(Variable value) => new(value.Value, requiresGradient: hasGradient);
    }

    /// <returns>The modulated convolution, with every intermediate result rounded.</returns>
    private static double[] Formula(Variable x, Variable w, Variable style, Func<double, double> round)
    {
        double[] activations = x.Value.ToDoubles();
        double[] weights = Array.ConvertAll(w.Value.ToDoubles(), value => round(value));
        double[] styles = Array.ConvertAll(style.Value.ToDoubles(), value => round(value));
        double[] y = new double[Clips * FrameCount * Size * Size * Outputs];
        for (int index = 0; index < y.Length; index++)
        {
            (int output, int place) = (index % Outputs, index / Outputs);
            (int column, int row, int frame) = (place % Size, place / Size % Size, place / (Size * Size) % FrameCount);
            int clip = place / (Size * Size * FrameCount);
            double sum = 0, variance = 0;
            for (int tap = 0; tap < 27 * Inputs; tap++)
            {
                int input = tap % Inputs;
                (int h, int v, int t) = (tap / Inputs % 3, tap / Inputs / 3 % 3, tap / Inputs / 9);
                double weight = weights[(output * 27 * Inputs) + tap];
                double own = styles[(((clip * FrameCount) + frame) * Inputs) + input];
                variance += own * own * weight * weight;
                (int from, int up, int left) = (frame + t - 1, row + v - 1, column + h - 1);
                if (from is < 0 or >= FrameCount || up is < 0 or >= Size || left is < 0 or >= Size) continue;
                int source = ((((((clip * FrameCount) + from) * Size) + up) * Size) + left) * Inputs;
                double factor = styles[(((clip * FrameCount) + from) * Inputs) + input];
                sum += round(activations[source + input] * factor) * weight;
            }

            y[index] = round(round(sum) * round(1 / Math.Sqrt(variance)));
        }

        return y;
    }

    private static double Error(double[] actual, double[] expected) =>
        Math.Sqrt(actual.Zip(expected, (a, b) => (a - b) * (a - b)).Average());
}
