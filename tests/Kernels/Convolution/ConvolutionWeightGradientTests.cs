using GenKernels.Kernels.Convolution;
using GenKernels.Tests.Kernels.MatrixProduct;
using WeightGradient = GenKernels.Kernels.Convolution.ConvolutionWeightGradient;

namespace GenKernels.Tests.Kernels.Convolution;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class ConvolutionWeightGradientTests(Device device)
{
    private static ConvolutionSetting[] Settings => ConvolutionSetting.All;

    [TestCaseSource(nameof(Settings))]
    public void ItMatchesSevenLoops(ConvolutionSetting setting)
    {
        foreach (FloatType type in Enum.GetValues<FloatType>()) Check(setting, type.Element());
    }

    [TestCaseSource(nameof(Settings))]
    public void OurOwnProductIsRightToo(ConvolutionSetting setting)
    {
        using OwnProduct own = new();
        Check(setting, ElementType.Float32);
    }

    [Test]
    public void RejectsAGradientOfAnotherShape()
    {
        using Tensor x = TestTensors.Normal([1, 2, 2, 2, 3], seed: 1, device);
        using Tensor dy = TestTensors.Normal([1, 2, 2, 2, 4], seed: 1, device);
        Assert.That(
            () => WeightGradient.Forward(x, dy, [2, 1, 1, 1, 3], ConvolutionOptions.Default),
            Throws.TypeOf<ShapeException>().With.Message.Contains(
                "dy must have shape [1, 2, 2, 2, 2], got [1, 2, 2, 2, 4]"));
    }

    [Test]
    public void RejectsTwoTypes()
    {
        using Tensor x = TestTensors.Normal([1, 2, 2, 2, 3], seed: 1, device);
        using Tensor dy = TestTensors.Normal([1, 2, 2, 2, 2], seed: 1, device, ElementType.Float64);
        Assert.That(
            () => WeightGradient.Forward(x, dy, [2, 1, 1, 1, 3], ConvolutionOptions.Default),
            Throws.ArgumentException.With.Message.Contains("x and dy must agree in type and device"));
    }

    [Test]
    public void WithoutOutputsItIsEmptyAndWithoutClipsZero([Values] FloatType type, [Values(1, 3)] int taps)
    {
        using TensorScope scope = device.Scope();
        foreach ((int clips, int outputs) in new[] { (2, 0), (0, 16) })
        {
            Tensor x = TestTensors.Normal([clips, 1, 9, 9, 16], seed: 1, device, type.Element());
            Tensor dy = Tensor.Empty([clips, 1, 10 - taps, 10 - taps, outputs], type.Element(), device);
            Shape shape = [outputs, 1, taps, taps, 16];
            Tensor dw = WeightGradient.Forward(x, dy, shape, ConvolutionOptions.Default);
            Assert.That(dw.Shape, Is.EqualTo(shape));
            Assert.That(dw.ToDoubles(), Has.All.Zero);
        }
    }

    private void Check(ConvolutionSetting setting, ElementType type)
    {
        using Tensor x = TestTensors.Normal(setting.X, seed: 1, device, type);
        using Tensor dy = TestTensors.Normal(setting.Y, seed: 3, device, type);
        using Tensor dw = WeightGradient.Forward(x, dy, setting.W, setting.Options);
        Assert.That((dw.Shape, dw.Type), Is.EqualTo((setting.W, type)));
        (double[] input, double[] upstream) = (x.ToDoubles(), dy.ToDoubles());
        double[] expected = new double[setting.W.ElementCount];
        setting.ForEachProduct((at, weight, place) => expected[weight] += input[at] * upstream[place]);
        Expect.CloseSums(dw, expected);
    }
}
