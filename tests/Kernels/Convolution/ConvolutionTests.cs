using GenKernels.Kernels.Convolution;
using GenKernels.Tests.Kernels.MatrixProduct;
using Convolutions = GenKernels.Kernels.Convolution.Convolution;

namespace GenKernels.Tests.Kernels.Convolution;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class ConvolutionTests(Device device)
{
    private static ConvolutionSetting[] Settings => ConvolutionSetting.All;

    [TestCaseSource(nameof(Settings))]
    public void ForwardMatchesSevenLoops(ConvolutionSetting setting)
    {
        foreach (FloatType type in Enum.GetValues<FloatType>()) CheckForward(setting, type.Element());
    }

    [TestCaseSource(nameof(Settings))]
    public void DataGradientMatchesSevenLoops(ConvolutionSetting setting)
    {
        foreach (FloatType type in Enum.GetValues<FloatType>()) CheckDataGradient(setting, type.Element());
    }

    [TestCaseSource(nameof(Settings))]
    public void OurOwnProductIsRightToo(ConvolutionSetting setting)
    {
        using OwnProduct own = new();
        CheckForward(setting, ElementType.Float32);
        CheckDataGradient(setting, ElementType.Float32);
    }

    [Test]
    public void RejectsOtherChannels()
    {
        using Tensor x = Normal([1, 2, 2, 2, 3]);
        using Tensor w = Normal([2, 1, 1, 1, 2]);
        Assert.That(
            () => Convolutions.Forward(x, w, ConvolutionOptions.Default),
            Throws.TypeOf<ShapeException>().With.Message.Contains(
                "weights [2, 1, 1, 1, 2] in 1 groups do not fit the channels of [1, 2, 2, 2, 3]"));
    }

    [Test]
    public void RejectsOutputsThatGroupsDoNotDivide()
    {
        using Tensor x = Normal([1, 2, 2, 2, 4]);
        using Tensor w = Normal([3, 1, 1, 1, 2]);
        Assert.That(
            () => Convolutions.Forward(
                x, w, ConvolutionOptions.Default with { Groups = 2 }),
            Throws.TypeOf<ShapeException>().With.Message.Contains("in 2 groups do not fit"));
    }

    [Test]
    public void RejectsAnotherRank()
    {
        using Tensor x = Normal([2, 2, 2, 3]);
        using Tensor w = Normal([2, 1, 1, 1, 3]);
        Assert.That(
            () => Convolutions.Forward(x, w, ConvolutionOptions.Default),
            Throws.TypeOf<ShapeException>().With.Message.Contains("x must be [N, T, H, W, C], got [2, 2, 2, 3]"));
    }

    [Test]
    public void RejectsAStrideOfZero()
    {
        using Tensor x = Normal([1, 2, 2, 2, 3]);
        using Tensor w = Normal([2, 1, 1, 1, 3]);
        Assert.That(
            () => Convolutions.Forward(
                x, w,
                ConvolutionOptions.Default with { Stride = new(1, 0, 1) }),
            Throws.TypeOf<ShapeException>().With.Message.Contains("strides must be positive, got (1, 0, 1)"));
    }

    [Test]
    public void RejectsADilationOfZero()
    {
        using Tensor x = Normal([1, 2, 2, 2, 3]);
        using Tensor w = Normal([2, 1, 1, 1, 3]);
        Assert.That(
            () => Convolutions.Forward(
                x, w,
                ConvolutionOptions.Default with { Dilation = default }),
            Throws.TypeOf<ShapeException>().With.Message.Contains("dilations must be positive, got (0, 0, 0)"));
    }

    [Test]
    public void RejectsAKernelWithoutTaps()
    {
        using Tensor x = Normal([1, 2, 2, 2, 3]);
        using Tensor w = Normal([2, 1, 0, 1, 3]);
        Assert.That(
            () => Convolutions.Forward(x, w, ConvolutionOptions.Default),
            Throws.TypeOf<ShapeException>().With.Message.Contains("the kernel [2, 1, 0, 1, 3] is empty"));
    }

    [Test]
    public void RejectsAKernelOfMoreTermsThanItCounts()
    {
        using Tensor x = Normal([1, 2, 2, 2, 3]);
        using Tensor w = Tensor.Empty([0, 1 << 15, 1 << 15, 1, 3], ElementType.Float32, device);
        Assert.That(
            () => Convolutions.Forward(x, w, ConvolutionOptions.Default),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[0, 32768, 32768, 1, 3] has 2^31 terms or more"));
    }

    [Test]
    public void ClipsMayHaveMoreThanTwoToTheThirtyFirstPixels()
    {
        ConvolutionPlan plan = ConvolutionPlan.Forward(
            [3, 1 << 11, 1 << 11, 1 << 11, 1], [1, 1, 1, 1, 1], ConvolutionOptions.Default);
        Assert.That(plan.RowCount, Is.EqualTo(3L << 33));
        Assert.That(plan.PhaseRowCount, Is.EqualTo(plan.RowCount));
        Assert.That(plan.Operations, Is.EqualTo(2 * plan.RowCount));
    }

    [Test]
    public void RejectsAGradientOfAnotherShape()
    {
        using Tensor dy = Normal([1, 2, 2, 3, 2]);
        using Tensor w = Normal([2, 1, 1, 1, 3]);
        Assert.That(
            () => Convolutions.DataGradient(
                dy, w, [1, 2, 2, 2, 3], ConvolutionOptions.Default),
            Throws.TypeOf<ShapeException>().With.Message.Contains(
                "dy must have shape [1, 2, 2, 2, 2], got [1, 2, 2, 3, 2]"));
    }

    [Test]
    public void WithoutOutputsThereIsNothingAndTheDataGradientIsZero(
        [Values] FloatType type, [Values(1, 3)] int taps, [Values(1, 2)] int stride)
    {
        using TensorScope scope = device.Scope();
        ConvolutionOptions options = ConvolutionOptions.Default with { Stride = new(1, stride, stride) };
        Shape shape = [2, 1, 9, 9, 16];
        Tensor x = TestTensors.Normal(shape, seed: 1, device, type.Element());
        Tensor w = Tensor.Empty([0, 1, taps, taps, 16], type.Element(), device);
        Tensor y = Convolutions.Forward(x, w, options);
        Assert.That((y.Shape[0], y.Shape[4]), Is.EqualTo((2, 0)));
        Tensor dx = Convolutions.DataGradient(y, w, shape, options);
        Assert.That(dx.Shape, Is.EqualTo(shape));
        Assert.That(dx.ToDoubles(), Has.All.Zero);
    }

    private Tensor Normal(Shape shape) => TestTensors.Normal(shape, seed: 1, device);

    private void CheckForward(ConvolutionSetting setting, ElementType type)
    {
        using Tensor x = TestTensors.Normal(setting.X, seed: 1, device, type);
        using Tensor w = TestTensors.Normal(setting.W, seed: 2, device, type);
        using Tensor y = Convolutions.Forward(x, w, setting.Options);
        Assert.That((y.Shape, y.Type), Is.EqualTo((setting.Y, type)));
        (double[] input, double[] weights) = (x.ToDoubles(), w.ToDoubles());
        double[] expected = new double[setting.Y.ElementCount];
        setting.ForEachProduct((at, weight, place) => expected[place] += input[at] * weights[weight]);
        Expect.CloseSums(y, expected);
    }

    private void CheckDataGradient(ConvolutionSetting setting, ElementType type)
    {
        using Tensor dy = TestTensors.Normal(setting.Y, seed: 3, device, type);
        using Tensor w = TestTensors.Normal(setting.W, seed: 2, device, type);
        using Tensor dx = Convolutions.DataGradient(dy, w, setting.X, setting.Options);
        Assert.That((dx.Shape, dx.Type), Is.EqualTo((setting.X, type)));
        (double[] upstream, double[] weights) = (dy.ToDoubles(), w.ToDoubles());
        double[] expected = new double[setting.X.ElementCount];
        setting.ForEachProduct((at, weight, place) => expected[at] += upstream[place] * weights[weight]);
        Expect.CloseSums(dx, expected);
    }
}
