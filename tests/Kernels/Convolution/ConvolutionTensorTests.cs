using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Tests.Kernels.Elementwise;
using Convolutions = GenKernels.Kernels.Convolution.Convolution;

namespace GenKernels.Tests.Kernels.Convolution;

/// <summary>Convolutions on tensor cores, in every tiling, against seven loops.</summary>
[TestFixtureSource(nameof(Devices))]
public sealed class ConvolutionTensorTests(Device device)
{
    private static readonly FloatType[] s_types = [FloatType.Float32, FloatType.Float16, FloatType.BFloat16];

    private static ConvolutionSetting[] Settings => TensorSetting.All;

    /// <summary>All devices but the host, whose warp is one thread.</summary>
    private static IEnumerable<TestFixtureData> Devices() =>
        TestDevices.All().Where(data => data.Arguments[0] is not Device { WarpSize: 1 });

    [TestCaseSource(nameof(Settings))]
    public void ForwardMatchesSevenLoops(ConvolutionSetting setting)
    {
        foreach (FloatType type in s_types) Check(setting, type.Element(), null, parts: 1);
    }

    [TestCaseSource(nameof(Settings))]
    public void DataGradientMatchesSevenLoops(ConvolutionSetting setting)
    {
        foreach (ElementType type in s_types.Skip(1).Select(type => type.Element()))
        {
            using Tensor dy = TestTensors.Normal(setting.Y, seed: 1, device, type);
            using Tensor w = TestTensors.Normal(setting.W, seed: 2, device, type);
            using Tensor dx = Convolutions.DataGradient(dy, w, setting.X, setting.Options);
            (double[] gradient, double[] weights) = (dy.ToDoubles(), w.ToDoubles());
            double[] expected = new double[setting.X.ElementCount];
            setting.ForEachProduct((x, weight, y) => expected[x] += gradient[y] * weights[weight]);
            Expect.CloseSums(dx, expected, setting.Name);
        }
    }

    [Test]
    public void EveryTilingAndDivisionGivesTheSame([Values(0, 1, 2, 3)] int tiling, [Values(1, 3)] int parts)
    {
        ConvolutionSetting setting = Settings[4];
        foreach (FloatType type in s_types) Check(setting, type.Element(), MatrixTiling.All[tiling], parts);
    }

    [TestCaseSource(nameof(Settings))]
    public void WarpgroupsMatchSevenLoops(ConvolutionSetting setting)
    {
        if (!device.HasWarpgroupProducts) Assert.Ignore("compute capability 9.0 alone multiplies in warpgroups");
        foreach (MatrixTiling tiling in MatrixTiling.Warpgroups)
        {
            Check(setting, ElementType.Float16, tiling, parts: 1);
            Check(setting, ElementType.BFloat16, tiling, parts: 3);
        }
    }

    [Test]
    public void WarpgroupsAreRefusedWithScales()
    {
        using Tensor x = Tensor.Zeros([1, 1, 8, 8, 8], ElementType.Float16, device);
        using Tensor w = Tensor.Zeros([8, 1, 1, 1, 8], ElementType.Float16, device);
        using Tensor scales = Tensor.Zeros([1, 1, 8], ElementType.Float16, device);
        ConvolutionPlan plan = ConvolutionPlan.Forward(x.Shape, w.Shape, ConvolutionOptions.Default);
        Assert.That(
            () => ConvolutionTensor.Launch(
                x, w, x, ProductEpilogue.None, plan, scales, MatrixTiling.Warpgroups[2]),
            Throws.ArgumentException.With.Message.EndsWith($"these are Float16 otherwise on {device.Name}"));
    }

    [TestCaseSource(nameof(Settings))]
    public void ScaledChannelsAndWhatFollowsMatchTheFormula(ConvolutionSetting setting)
    {
        foreach (FloatType type in s_types)
        {
            CheckScaled(setting, type.Element(), scaleFrames: setting.X[1], parts: 1);
            CheckScaled(setting, type.Element(), scaleFrames: 1, parts: 2);
        }
    }

    [Test]
    public void TheWayToScaleMakesNoDifference([Values] FloatType type, [Values(2, 6)] int height)
    {
        // Frames of 16 rows are scaled in a separate pass, those of 48 while tiles are loaded.
        using Tensor x = TestTensors.Normal([2, 2, height, 8, 16], seed: 1, device, type.Element());
        using Tensor w = TestTensors.Normal([8, 3, 3, 3, 16], seed: 2, device, type.Element());
        using Tensor scales = TestTensors.Normal([2, 2, 16], seed: 3, device, type.Element());
        using Tensor broadcast = scales.View([2, 2, 1, 1, 16]);
        using Tensor scaled = Binary.Forward(BinaryKind.Multiply, x, broadcast);
        ConvolutionOptions options = ConvolutionOptions.Padded(Triple.One);
        using Tensor expected = Convolutions.Forward(scaled, w, options);
        using Tensor y = Convolutions.Forward(x, w, options, ProductEpilogue.None, scales);
        Expect.CloseSums(y, expected.ToDoubles());
    }

    private void CheckScaled(ConvolutionSetting setting, ElementType type, int scaleFrames, int parts)
    {
        BiasActivationOptions options = new(Activation.LeakyRelu, 1.5f, 4, 0.3f);
        ConvolutionPlan plan = ConvolutionPlan.Forward(setting.X, setting.W, setting.Options);
        int frames = setting.Y[0] * setting.Y[1], outputs = setting.Y[4], rows = (int)setting.Y.Product(0, 4);
        using Tensor x = TestTensors.Normal(setting.X, seed: 1, device, type);
        using Tensor w = TestTensors.Normal(setting.W, seed: 2, device, type);
        using Tensor scales = TestTensors.Normal([setting.X[0], scaleFrames, setting.X[4]], seed: 3, device, type);
        using Tensor factor = TestTensors.Normal([frames, outputs], seed: 4, device, type);
        using Tensor noise = TestTensors.Normal([rows], seed: 5, device, type);
        using Tensor bias = TestTensors.Normal([outputs], seed: 6, device, type);
        using Tensor residual = TestTensors.Normal(setting.Y, seed: 7, device, type);
        using Tensor y = Tensor.Empty(setting.Y, type, device);
        ProductEpilogue epilogue = new(bias, options, residual, factor, noise, Scale: 0.5f);
        ConvolutionTensor.Launch(x, w, y, epilogue, plan, scales, parts: parts);

        (double[] source, double[] weights, double[] styles) = (Tf32.Read(x), w.ToDoubles(), scales.ToDoubles());
        (double[] factors, double[] offsets, double[] biases) =
            (factor.ToDoubles(), noise.ToDoubles(), bias.ToDoubles());
        int channels = setting.X[4], frameElements = (int)setting.X.Product(2, 5);
        double[] sums = new double[setting.Y.ElementCount];
        setting.ForEachProduct((from, weight, to) =>
        {
            int frame = scaleFrames == 1 ? from / frameElements / setting.X[1] : from / frameElements;
            double style = styles[(frame * channels) + (from % channels)];
            sums[to] += source[from] * Tf32.Rounded(weights[weight] * style, type);
        });
        double[] added = residual.ToDoubles();
        double[] expected = [.. sums.Select((sum, index) =>
        {
            double z = (epilogue.Scale * sum * Factor(index)) + offsets[index / outputs] + biases[index % outputs];
            return BiasActivationTests.Value(options, z) + added[index];
        })];
        Expect.CloseFinished(
            y, expected, sums, index => options.Gain * epilogue.Scale * Math.Abs(Factor(index)),
            $"{setting.Name}, {scaleFrames} frames of scales, {parts} parts");

        double Factor(int index) => factors[(index / outputs / (rows / frames) * outputs) + (index % outputs)];
    }

    private void Check(ConvolutionSetting setting, ElementType type, MatrixTiling? tiling, int parts)
    {
        using Tensor x = TestTensors.Normal(setting.X, seed: 1, device, type);
        using Tensor w = TestTensors.Normal(setting.W, seed: 2, device, type);
        using Tensor y = Tensor.Empty(setting.Y, type, device);
        ConvolutionPlan plan = ConvolutionPlan.Forward(setting.X, setting.W, setting.Options);
        ConvolutionTensor.Launch(x, w, y, ProductEpilogue.None, plan, null, tiling, parts);
        (double[] source, double[] weights) = (Tf32.Read(x), Tf32.Read(w));
        double[] expected = new double[setting.Y.ElementCount];
        setting.ForEachProduct((from, weight, to) => expected[to] += source[from] * weights[weight]);
        Expect.CloseSums(y, expected, setting.Name);
    }
}
