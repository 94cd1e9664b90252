using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Tests.Kernels.Convolution;

/// <summary>Weight gradients on tensor cores, in every tiling, against seven loops.</summary>
[TestFixtureSource(nameof(Devices))]
public sealed class ConvolutionWeightGradientTensorTests(Device device)
{
    private static readonly FloatType[] s_types = [FloatType.Float32, FloatType.Float16, FloatType.BFloat16];

    private static ConvolutionSetting[] Settings => TensorSetting.All;

    /// <summary>All devices but the host, whose warp is one thread.</summary>
    private static IEnumerable<TestFixtureData> Devices() =>
        TestDevices.All().Where(data => data.Arguments[0] is not Device { WarpSize: 1 });

    [TestCaseSource(nameof(Settings))]
    public void GradientMatchesSevenLoops(ConvolutionSetting setting)
    {
        foreach (FloatType type in s_types) Check(setting, type.Element(), null, parts: 1);
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
        foreach (MatrixTiling tiling in ConvolutionWeightGradientTensor.Warpgroups)
        {
            Check(setting, ElementType.Float16, tiling, parts: 1);
            Check(setting, ElementType.BFloat16, tiling, parts: 3);
        }
    }

    private void Check(ConvolutionSetting setting, ElementType type, MatrixTiling? tiling, int parts)
    {
        using Tensor x = TestTensors.Normal(setting.X, seed: 1, device, type);
        using Tensor dy = TestTensors.Normal(setting.Y, seed: 2, device, type);
        using Tensor dw = Tensor.Empty(setting.W, type, device);
        ConvolutionPlan plan = ConvolutionPlan.Forward(setting.X, setting.W, setting.Options);
        ConvolutionWeightGradientTensor.Launch(x, dy, dw, plan, tiling, parts);
        (double[] source, double[] gradient) = (Tf32.Read(x), Tf32.Read(dy));
        double[] expected = new double[setting.W.ElementCount];
        setting.ForEachProduct((from, weight, to) => expected[weight] += source[from] * gradient[to]);
        Expect.CloseSums(dw, expected, setting.Name);
    }
}
