using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.MatrixProduct;
using Convolutions = GenKernels.Kernels.Convolution.Convolution;
using WeightGradient = GenKernels.Kernels.Convolution.ConvolutionWeightGradient;

namespace GenKernels.Tests.Kernels.Convolution;

/// <summary>Every algorithm offered on the CPU is right, and the fastest is found and remembered.</summary>
public sealed class HostConvolutionChoiceTests
{
    private static ConvolutionSetting[] Settings => ConvolutionSetting.All;

    private static Device Device => TestDevices.Host;

    [TestCaseSource(nameof(Settings))]
    public void EveryWayMatchesSevenLoops(ConvolutionSetting setting)
    {
        if (setting.Y.ElementCount == 0) return;
        using TensorScope scope = Device.Scope();
        foreach (ElementType type in (ElementType[])[ElementType.Float32, ElementType.Float64])
        {
            Tensor x = TestTensors.Normal(setting.X, seed: 1, Device, type);
            Tensor w = TestTensors.Normal(setting.W, seed: 2, Device, type);
            Tensor dy = TestTensors.Normal(setting.Y, seed: 3, Device, type);
            foreach (ConvolutionRole role in Enum.GetValues<ConvolutionRole>()) Check(setting, role, x, w, dy);
        }
    }

    [TestCase(48, 5, 8, true, Description = "one tile of 5 rows for two of 3")]
    [TestCase(48, 10, 8, true, Description = "two for four")]
    [TestCase(48, 4, 8, true, Description = "one for two")]
    [TestCase(24, 3, 4, false)]
    [TestCase(80, 9, 16, false, Description = "two for three")]
    [TestCase(128, 36, 64, false, Description = "eight for twelve")]
    [TestCase(1, 5, 8, false, Description = "the strips of rows are not filled either way, and places cost weights")]
    public void TilesAreTallWhereThatIsFewerProducts(int frames, int height, int width, bool isTall)
    {
        Shape x = [1, frames, height, width, 512], w = [512, 3, 3, 3, 512];
        ConvolutionOptions options = ConvolutionOptions.Padded(Triple.One);
        Triple size = new(frames, height, width);
        HostMethod expected = isTall ? HostMethod.TallTiles : HostMethod.Tiles;
        Assert.That(Rule(ConvolutionPlan.Forward(x, w, options), ConvolutionRole.Forward), Is.EqualTo(expected));
        ConvolutionPlan adjoint = ConvolutionPlan.DataGradient(x, w, size, options);
        Assert.That(Rule(adjoint, ConvolutionRole.DataGradient), Is.EqualTo(expected));
        Assert.That(
            Rule(ConvolutionPlan.Forward(x, w, options), ConvolutionRole.WeightGradient),
            Is.EqualTo(HostMethod.Tiles));
    }

    // Limits are twice the measured root mean square errors, 1.0e-6 and 1.7e-6; the largest error depends on few
    // elements and is not checked.
    [TestCase("Tiles", 2e-6)]
    [TestCase("TallTiles", 3.4e-6)]
    public void TilesOfManyChannelsAreOffByMillionthsOfTheRootMeanSquare(string method, double limit)
    {
        using TensorScope scope = Device.Scope();
        ConvolutionSetting setting = new(
            "", [1, 2, 5, 8, 512], [16, 1, 3, 3, 512], ConvolutionOptions.Padded(new(0, 1, 1)));
        Tensor x = TestTensors.Normal(setting.X, seed: 1, Device);
        Tensor w = TestTensors.Normal(setting.W, seed: 2, Device);
        double[] expected = Expected(setting, ConvolutionRole.Forward, x, w, x);
        double[] actual = Forward(Enum.Parse<HostMethod>(method), setting, x, w).ToDoubles();
        double error = expected.Zip(actual, (wanted, got) => (wanted - got) * (wanted - got)).Sum();
        Assert.That(Math.Sqrt(error / expected.Sum(value => value * value)), Is.LessThan(limit));
    }

    [Test]
    public void TilesHaveTheSameBitsWithAnyNumberOfCores([Values("Tiles", "TallTiles")] string method)
    {
        ConvolutionSetting setting = new(
            "", [1, 30, 5, 8, 144], [144, 3, 3, 3, 144], ConvolutionOptions.Padded(Triple.One));
        float[][] results = [.. new[] { 1, 2, 5 }.Select(cores =>
        {
            using HostDevice device = new(coreCount: cores);
            using TensorScope scope = device.Scope();
            Tensor x = TestTensors.Normal(setting.X, seed: 1, device);
            Tensor w = TestTensors.Normal(setting.W, seed: 2, device);
            return Forward(Enum.Parse<HostMethod>(method), setting, x, w).ToArray<float>();
        })];
        Assert.That(results[1], Is.EqualTo(results[0]));
        Assert.That(results[2], Is.EqualTo(results[0]));
    }

    [Test]
    public void AnEditOfAnyKernelHasAConvolutionMeasuredAnew()
    {
        Shape x = [1, 1, 64, 64, 16], w = [16, 1, 3, 3, 16];
        ConvolutionOptions options = ConvolutionOptions.Padded(new(0, 1, 1));
        ConvolutionPlan forward = ConvolutionPlan.Forward(x, w, options);
        ConvolutionPlan adjoint = ConvolutionPlan.DataGradient(x, w, new Triple(1, 64, 64), options);
        foreach (ConvolutionRole role in Enum.GetValues<ConvolutionRole>())
        {
            ConvolutionPlan plan = role == ConvolutionRole.DataGradient ? adjoint : forward;
            HostConvolutionKey key = new(plan, role, ElementType.Float32, HasLibrary: true);
            TunedSources.ExpectComplete(Device, HostConvolutionChoice.Instance, key);
        }
    }

    [Test]
    public void ConvolutionsAreMeasuredOnceAShapeAndRight()
    {
        ConvolutionSetting setting = Settings.Single(setting => setting.Name == "columns");
        using TemporaryFolder cache = new();
        string[] chosen = [.. Enumerable.Range(0, 2).Select(run =>
        {
            using HostDevice device = new(new KernelCache(cache.Path));
            device.Tuner.Policy = TuningPolicy.Measure;
            using TensorScope scope = device.Scope();
            Tensor x = TestTensors.Normal(setting.X, seed: 1, device);
            Tensor w = TestTensors.Normal(setting.W, seed: 2, device);
            Tensor y = Convolutions.Forward(x, w, setting.Options);
            Tensor dw = WeightGradient.Forward(x, y, setting.W, setting.Options);
            Tensor dx = Convolutions.DataGradient(y, w, setting.X, setting.Options);
            Assert.That(device.Tuner.MeasuredCount, Is.EqualTo(run == 0 ? 3 : 0));
            Expect.CloseSums(y, Expected(setting, ConvolutionRole.Forward, x, w, y));
            Expect.CloseSums(dx, Expected(setting, ConvolutionRole.DataGradient, x, w, y));
            Expect.CloseSums(dw, Expected(setting, ConvolutionRole.WeightGradient, x, w, y));
            return string.Join(
                '\n', device.Tuner.UsedChoices.Select(choice => $"{choice.Shape}: {choice.Algorithm}").Order());
        })];
        Assert.That(chosen[1], Is.EqualTo(chosen[0]));
        Assert.That(chosen[0], Does.Contain(
            "Forward, Float32, 2 x (3, 5, 16) x 8 to (3, 5, 16) x 8, (3, 3, 3) taps, (1, 1, 1) before"));
    }

    [Test]
    public void AMeasuredLaunchAllocatesNoMoreThanOneByTheRule()
    {
        using TemporaryFolder cache = new();
        using HostDevice device = new(new KernelCache(cache.Path));
        using Tensor x = TestTensors.Normal([1, 1, 4, 4, 16], seed: 1, device);
        using Tensor w = TestTensors.Normal([16, 1, 3, 3, 16], seed: 2, device);
        long[] bytes = [.. new[] { TuningPolicy.Off, TuningPolicy.Measure }.Select(policy =>
        {
            device.Tuner.Policy = policy;
            for (int time = 0; time < 100; time++) Launch();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int time = 0; time < 100; time++) Launch();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        })];
        Assert.That(device.Tuner.MeasuredCount, Is.EqualTo(1));
        Assert.That(bytes[1], Is.LessThanOrEqualTo(bytes[0]));

        void Launch() => Convolutions.Forward(x, w, ConvolutionOptions.Padded(new(0, 1, 1))).Dispose();
    }

    private static HostMethod Rule(ConvolutionPlan plan, ConvolutionRole role) =>
        HostConvolutionChoice.Instance.Rule(Device, new(plan, role, ElementType.Float32, HasLibrary: true));

    private static Tensor Forward(HostMethod method, ConvolutionSetting setting, Tensor x, Tensor w)
    {
        ConvolutionPlan plan = ConvolutionPlan.Forward(x.Shape, w.Shape, setting.Options);
        Tensor y = Tensor.Empty(setting.Y, x.Type, x.Device);
        Convolutions.LaunchOnHost(method, x, w, null, y, plan, ProductEpilogue.None, isAdjoint: false);
        return y;
    }

    private static void Check(ConvolutionSetting setting, ConvolutionRole role, Tensor x, Tensor w, Tensor dy)
    {
        ConvolutionPlan plan = role == ConvolutionRole.DataGradient
            ? ConvolutionPlan.DataGradient(
                setting.Y, setting.W, new Triple(setting.X[1], setting.X[2], setting.X[3]), setting.Options)
            : ConvolutionPlan.Forward(setting.X, setting.W, setting.Options);
        double[] expected = Expected(setting, role, x, w, dy);
        HostConvolutionKey key = new(plan, role, x.Type, HasLibrary: true);
        foreach (HostMethod method in HostConvolutionChoice.Instance.Algorithms(Device, key))
        {
            string what = $"{setting.Name}, {role}, {x.Type} by {method}";
            if (role == ConvolutionRole.WeightGradient)
            {
                Expect.CloseSums(WeightGradient.LaunchOnHost(method, x, dy, null, setting.W, plan), expected, what);
                continue;
            }

            bool isAdjoint = role == ConvolutionRole.DataGradient;
            Tensor result = Tensor.Empty(isAdjoint ? setting.X : setting.Y, x.Type, Device);
            Convolutions.LaunchOnHost(
                method, isAdjoint ? dy : x, w, null, result, plan, ProductEpilogue.None, isAdjoint);
            Expect.CloseSums(result, expected, what);
        }
    }

    private static double[] Expected(ConvolutionSetting setting, ConvolutionRole role, Tensor x, Tensor w, Tensor dy)
    {
        (double[] input, double[] weights, double[] upstream) = (x.ToDoubles(), w.ToDoubles(), dy.ToDoubles());
        Shape shape = role switch
        {
            ConvolutionRole.Forward => setting.Y,
            ConvolutionRole.DataGradient => setting.X,
            _ => setting.W,
        };
        double[] expected = new double[shape.ElementCount];
        setting.ForEachProduct((at, weight, place) => _ = role switch
        {
            ConvolutionRole.Forward => expected[place] += input[at] * weights[weight],
            ConvolutionRole.DataGradient => expected[at] += upstream[place] * weights[weight],
            _ => expected[weight] += input[at] * upstream[place],
        });
        return expected;
    }
}
