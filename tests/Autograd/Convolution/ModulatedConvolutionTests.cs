using GenKernels.Autograd;

namespace GenKernels.Tests.Autograd.Convolution;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class ModulatedConvolutionTests(Device device)
{
    private static readonly ImagePadding s_around = ImagePadding.Around(1);

    /// <summary>Against convolving each image with its own scaled weights, which is what the operation
    /// avoids.</summary>
    [Test]
    public void ScaledActivationsAreTheSameAsScaledWeights([Values(1, 2)] int up, [Values] bool demodulate)
    {
        using TensorScope scope = device.Scope();
        (Variable x, Variable w, Variable style) = Inputs();
        Tensor filter = TestTensors.Normal([4, 4], seed: 4, device);
        ResampledConvolutionOptions options = new(up, 1, s_around, IsTurned: up > 1);
        Variable y = x.ModulatedConvolution(w, style, filter, options, demodulate);
        for (int n = 0; n < 2; n++)
        {
            Variable own = w * style.Window(0, n, 1).Reshape([1, 1, 1, 3]);
            if (demodulate) own *= (own.SumOfSquares(1, 3) + 1e-8f).ReciprocalSqrt();
            Variable expected = x.Window(0, n, 1).ResampledConvolution(own, filter, options);
            Expect.CloseSums(y.Window(0, n, 1).Value, expected.Value.ToDoubles(), $"image {n}");
        }
    }

    [Test]
    public void NormalizedWeightsAndStylesGoInByThemselves([Values] bool demodulate)
    {
        using TensorScope scope = device.Scope();
        (Variable x, Variable w, Variable style) = Inputs();
        Variable gain = new(TestTensors.Normal([2, 3], seed: 5, device));
        Variable y = x.NormalizedModulatedConvolution(w, style, gain, s_around, demodulate);
        Variable normalWeights = w * w.Square().Mean(1, 3).ReciprocalSqrt();
        Variable normalStyle = style * style.Square().Mean().ReciprocalSqrt();
        Variable expected = demodulate
            ? (x * gain.Reshape([2, 1, 1, 3])).ModulatedConvolution(
                normalWeights, normalStyle, null, new(Padding: s_around))
            : (x * (gain * style).Reshape([2, 1, 1, 3])).ResampledConvolution(w, null, new(Padding: s_around));
        Expect.CloseSums(y.Value, expected.Value.ToDoubles());
    }

    [Test]
    public void DemodulatedNoiseHasUnitVariance()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([2, 24, 24, 3], seed: 1, device));
        (_, Variable w, Variable style) = Inputs();
        Variable y = x.ModulatedConvolution(w * 30, style * 0.1f, null, new(Padding: s_around));
        const double Inside = 70.0 / 72;  // of the 3 taps at 24 positions, two fall on the padding
        double deviation = Math.Sqrt(2.0 / x.Value.ElementCount);
        Assert.That(y.Square().Mean().ToScalar(), Is.EqualTo(Inside * Inside).Within(3 * deviation));
    }

    [Test]
    public void NoiseIsAddedToAllChannelsAfterDemodulation()
    {
        using TensorScope scope = device.Scope();
        (Variable x, Variable w, Variable style) = Inputs();
        Variable noise = new(TestTensors.Normal([2, 3, 4, 1], seed: 6, device));
        Variable without = x.ModulatedConvolution(w, style, null, new(Padding: s_around));
        Variable with = x.ModulatedConvolution(w, style, null, new(Padding: s_around), noise: noise);
        Expect.Close(with.Value, (without + noise).Value.ToDoubles());
    }

    [Test]
    public void RefusesAStyleForOtherChannels()
    {
        using TensorScope scope = device.Scope();
        (Variable x, Variable w, _) = Inputs();
        Variable style = new(TestTensors.Normal([2, 4], seed: 1, device));
        Assert.That(
            () => x.ModulatedConvolution(w, style, null, new(Padding: s_around)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("must have shape [2, 3], got [2, 4]"));
    }

    [Test]
    public void RefusesGroups()
    {
        using TensorScope scope = device.Scope();
        (Variable x, Variable w, Variable style) = Inputs();
        Assert.That(
            () => x.ModulatedConvolution(w, style, null, new(Groups: 3)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("in 3 groups do not fit"));
    }

    private (Variable X, Variable W, Variable Style) Inputs() => (
        new Variable(TestTensors.Normal([2, 3, 4, 3], seed: 1, device)),
        new Variable(TestTensors.Normal([5, 3, 3, 3], seed: 2, device)),
        new Variable(TestTensors.Normal([2, 3], seed: 3, device)));
}
