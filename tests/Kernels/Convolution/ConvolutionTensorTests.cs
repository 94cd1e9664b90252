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

    /// <summary>All but the host, where a warp is one thread.</summary>
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
    public void EveryTilingAndDivisionGivesTheSame([Values(0, 1, 2)] int tiling, [Values(1, 3)] int parts)
    {
        ConvolutionSetting setting = Settings[4];
        foreach (FloatType type in s_types) Check(setting, type.Element(), MatrixTiling.All[tiling], parts);
    }

    private void Check(ConvolutionSetting setting, ElementType type, MatrixTiling? tiling, int parts)
    {
        using Tensor x = TestTensors.Normal(setting.X, seed: 1, device, type);
        using Tensor w = TestTensors.Normal(setting.W, seed: 2, device, type);
        using Tensor y = Tensor.Empty(setting.Y, type, device);
        ConvolutionPlan plan = ConvolutionPlan.Forward(setting.X, setting.W, setting.Options);
        ConvolutionTensor.Launch(x, w, y, ProductEpilogue.None, plan, tiling, parts);
        (double[] source, double[] weights) = (Tf32.Read(x), Tf32.Read(w));
        double[] expected = new double[setting.Y.ElementCount];
        setting.ForEachProduct((from, weight, to) => expected[to] += source[from] * weights[weight]);
        Expect.CloseSums(y, expected, setting.Name);
    }
}
