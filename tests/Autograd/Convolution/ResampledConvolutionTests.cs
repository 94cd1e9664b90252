using GenKernels.Autograd;

namespace GenKernels.Tests.Autograd.Convolution;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class ResampledConvolutionTests(Device device)
{
    private static readonly Shape s_x = [2, 5, 4, 4];
    private static readonly ImagePadding s_uneven = new(1, 0, 2, -1);

    [Test]
    public void EveryOrderIsTheSameAsThePlainOne(
        [Values(1, 2, 3)] int up, [Values(1, 2)] int down, [Values(1, 3)] int size, [Values] bool isTurned,
        [Values(1, 2)] int groups)
    {
        using TensorScope scope = device.Scope();
        ResampledConvolutionOptions options = new(up, down, size == 1 ? default : s_uneven, isTurned, groups);
        Variable x = new(TestTensors.Normal(s_x, seed: 1, device));
        Variable w = new(TestTensors.Normal([6, size, size, 4 / groups], seed: 2, device));
        Tensor filter = TestTensors.Normal([4, 5], seed: 3, device);
        Variable y = x.ResampledConvolution(w, filter, options);
        (Shape shape, double[] expected) = PlainResampling.Convolve(x.Value, w.Value, filter, options);
        Assert.That(y.Shape, Is.EqualTo(shape));
        Expect.CloseSums(y.Value, expected);
    }

    [Test]
    public void TapsForBothAxesAreTheirOuterProduct([Values(1, 2)] int up, [Values(1, 2)] int down)
    {
        using TensorScope scope = device.Scope();
        ResampledConvolutionOptions options = new(up, down, ImagePadding.Around(1));
        Variable x = new(TestTensors.Normal(s_x, seed: 1, device));
        Variable w = new(TestTensors.Normal([6, 3, 3, 4], seed: 2, device));
        float[] taps = [0.1f, 0.4f, 0.3f, 0.2f];
        float[] product = [.. from row in taps from column in taps select row * column];
        Variable separable = x.ResampledConvolution(w, Tensor.From(taps, [4], device), options);
        Variable whole = x.ResampledConvolution(w, Tensor.From(product, [4, 4], device), options);
        Expect.CloseSums(separable.Value, whole.Value.ToDoubles());
    }

    [Test]
    public void EvenTapsAndHalfThePaddingMultiplyTheSize([Values(2, 4)] int tapCount)
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([1, 6, 8, 2], seed: 1, device));
        Variable w = new(TestTensors.Normal([3, 3, 3, 2], seed: 2, device));
        Tensor filter = TestTensors.Normal([tapCount], seed: 3, device);
        ImagePadding around = ImagePadding.Around(1);
        Shape larger = x.ResampledConvolution(w, filter, new(Up: 2, Padding: around)).Shape;
        Shape smaller = x.ResampledConvolution(w, filter, new(Down: 2, Padding: around)).Shape;
        Assert.That((larger.ToString(), smaller.ToString()), Is.EqualTo(("[1, 12, 16, 3]", "[1, 3, 4, 3]")));
    }

    [Test]
    public void RefusesToResampleWithoutAFilter() => Refuses(
        new(Up: 2), null, "resampling needs a filter, got null");

    [Test]
    public void RefusesAFactorOfZero() => Refuses(
        new(Up: 0, Down: 2), [4], "the factors must be at least 1, got up 0 and down 2");

    [Test]
    public void RefusesAFilterOfThreeAxes() => Refuses(
        new(Down: 2), [1, 4, 4], "the filter must have rank 1 or 2, got shape [1, 4, 4]");

    [Test]
    public void RefusesGroupsThatDoNotDivideTheOutputs() => Refuses(
        new(Up: 2, Groups: 4), [4], "weights [6, 3, 3, 4] cannot be divided into 4 groups");

    private void Refuses(ResampledConvolutionOptions options, int[]? filterShape, string message)
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal(s_x, seed: 1, device));
        Variable w = new(TestTensors.Normal([6, 3, 3, 4], seed: 2, device));
        Tensor? filter = filterShape is null ? null : TestTensors.Normal(Shape.Create(filterShape), seed: 3, device);
        Assert.That(
            () => x.ResampledConvolution(w, filter, options),
            Throws.TypeOf<ShapeException>().With.Message.Contains(message));
    }
}
