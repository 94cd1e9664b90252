using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Runtime.Interop;
using GenKernels.Tests.Kernels.Convolution;
using GenKernels.Tests.Runtime.Interop;
using static GenKernels.Tests.Runtime.Interop.PretendedProcess;

namespace GenKernels.Tests.Runtime.Devices;

/// <summary>Convolutions by cuDNN against seven loops, with a fake library.</summary>
[Category(PretendedProcess.Category)]
public sealed class CudaDnnTests
{
    private const int TensorCoreEngine = 7, PlainEngine = 8, SecondTensorCoreEngine = 9;

    private static readonly ConvolutionSetting s_layer =
        new("layer", [1, 2, 5, 6, 8], [8, 1, 3, 3, 8], ConvolutionOptions.Padded(new(0, 1, 1)));

    private static ConvolutionSetting[] Settings => ConvolutionSetting.All;

    private static ConvolutionSetting[] FewSettings => TensorSetting.All;

    [TestCaseSource(nameof(Settings))]
    public void AllThreeMatchSevenLoops(ConvolutionSetting setting) =>
        InChild(() => CheckAll(setting, ElementType.Float32));

    [Test]
    public void SoTheyDoFor16BitFloats(
        [ValueSource(nameof(FewSettings))] ConvolutionSetting setting,
        [Values(ElementType.Float16, ElementType.BFloat16)] ElementType type) =>
        InChild(() => CheckAll(setting, type));

    [Test]
    public void OnlyEnginesThatRepeatAndKeepDigitsAreChosen() => InChild(() =>
    {
        using CudaDevice device = Open();
        Assert.That(EngineFor(device, ElementType.Float32), Is.EqualTo(PlainEngine), "tensor cores would round");
        Assert.That(EngineFor(device, ElementType.BFloat16), Is.EqualTo(TensorCoreEngine));
        device.Precision = Precision.Tf32;
        Assert.That(EngineFor(device, ElementType.Float32), Is.EqualTo(TensorCoreEngine));
    });

    [Test]
    public void WhereNoEngineWillDoNothingFitsAndTheReasonIsTold() => InChild(() =>
    {
        PretendedCuda.Miss((1 << TensorCoreEngine) | (1 << PlainEngine) | (1 << SecondTensorCoreEngine));
        try
        {
            using CudaDevice device = Open();
            using TensorScope scope = device.Scope();
            (Tensor x, Tensor w, Tensor y, ConvolutionPlan plan) = Make(device, s_layer, ElementType.BFloat16);
            Assert.That(ConvolutionLibrary.Fits(x, w, y, ProductEpilogue.None, plan), Is.False);
            Assert.That(
                () => ConvolutionLibrary.Launch(x, w, y, ProductEpilogue.None, plan),
                Throws.TypeOf<CudaException>().With.Message.EqualTo(
                    "choosing an engine of cuDNN for Forward of BFloat16, x [2, 1, 5, 6, 8], w [8, 1, 3, 3, 8], "
                    + "y [2, 1, 5, 6, 8], stride (1, 1, 1), before (0, 1, 1), dilation (1, 1, 1) failed: "
                    + "CUDNN_STATUS_NOT_SUPPORTED (3000), 7 proposed, 5 of them not repeatable or not exact enough, "
                    + "2 not able or with a workspace of more than 256 MiB"));
        }
        finally
        {
            PretendedCuda.Miss(0);
        }
    });

    [Test]
    public void AnEngineIsChosenOnceAShape() => InChild(() =>
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        (Tensor x, Tensor w, Tensor y, ConvolutionPlan plan) = Make(device, s_layer, ElementType.Float32);
        ConvolutionLibrary.Launch(x, w, y, ProductEpilogue.None, plan);
        int before = PretendedCuda.Plans();
        Assert.That(ConvolutionLibrary.Fits(x, w, y, ProductEpilogue.None, plan), Is.True);
        ConvolutionLibrary.Launch(x, w, y, ProductEpilogue.None, plan);
        Assert.That(PretendedCuda.Plans(), Is.EqualTo(before));
    });

    [Test]
    public void FurtherEnginesArePlannedWhenTheyAreAskedFor() => InChild(() =>
    {
        using CudaDevice device = Open();
        Assert.That(EngineFor(device, ElementType.BFloat16), Is.EqualTo(TensorCoreEngine));
        int before = PretendedCuda.Plans();
        using TensorScope scope = device.Scope();
        (Tensor x, Tensor w, Tensor y, ConvolutionPlan plan) = Make(device, s_layer, ElementType.BFloat16);
        ConvolutionLibrary.Launch(x, w, y, ProductEpilogue.None, plan, rank: 1);
        Assert.That(PretendedCuda.LastLaunch(), Does.StartWith($"engine {SecondTensorCoreEngine},"));
        Expect.CloseSums(y, Result(s_layer, x, w));
        Assert.That(
            () => ConvolutionLibrary.Launch(x, w, y, ProductEpilogue.None, plan, rank: 2),
            Throws.TypeOf<CudaException>().With.Message.EndsWith(
                "9 proposed, 5 of them not repeatable or not exact enough, 2 not able or with a workspace of more than "
                + "256 MiB"));
        Assert.That(EngineFor(device, ElementType.BFloat16), Is.EqualTo(TensorCoreEngine));
        Assert.That(PretendedCuda.Plans(), Is.EqualTo(before + 1));
    });

    [Test]
    public void FramesThatDoNotMeetAreImages() => InChild(() =>
    {
        using CudaDevice device = Open();
        EngineFor(device, ElementType.Float32);
        Assert.That(PretendedCuda.LastLaunch(), Is.EqualTo("engine 8, 2 axes, padded 1 1"));
        EngineFor(device, ElementType.Float32, new("", [1, 3, 3, 3, 2], [2, 3, 1, 1, 2], ConvolutionOptions.Default));
        Assert.That(PretendedCuda.LastLaunch(), Is.EqualTo("engine 8, 3 axes, padded 0 0"));
    });

    [Test]
    public void SidesAreAlikeWhereThatMakesNoDifference() => InChild(() =>
    {
        using CudaDevice device = Open();
        ConvolutionOptions options = new(new(1, 2, 2), new(0, 1, 1), default, Triple.One);
        EngineFor(device, ElementType.Float32, new("", [1, 1, 8, 8, 2], [2, 1, 3, 3, 2], options));
        Assert.That(PretendedCuda.LastLaunch(), Is.EqualTo("engine 8, 2 axes, padded 1 1"), "the last is met by none");
        options = options with { Stride = Triple.One };
        EngineFor(device, ElementType.Float32, new("", [1, 1, 8, 8, 2], [2, 1, 2, 2, 2], options));
        Assert.That(PretendedCuda.LastLaunch(), Is.EqualTo("engine 8, 2 axes, padded 1 0"));
    });

    [Test]
    public void WhatFollowsAConvolutionIsThatOfOurOwnKernels(
        [Values(ElementType.Float32, ElementType.Float16, ElementType.BFloat16)] ElementType type) => InChild(() =>
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        (Tensor x, Tensor w, Tensor y, ConvolutionPlan plan) = Make(device, s_layer, type);
        Tensor bias = TestTensors.Normal([8], seed: 3, device, type);
        ProductEpilogue epilogue = new(bias, BiasActivationOptions.For(Activation.Linear) with { Gain = 1.5f });
        Assert.That(ConvolutionLibrary.Fits(x, w, y, epilogue, plan), Is.True);
        ConvolutionLibrary.Launch(x, w, y, epilogue, plan);
        (double[] input, double[] weights, double[] added) = (x.ToDoubles(), w.ToDoubles(), bias.ToDoubles());
        double[] expected = [.. Enumerable.Range(0, (int)y.ElementCount).Select(place => added[place % 8])];
        s_layer.ForEachProduct((from, weight, to) => expected[to] += input[from] * weights[weight]);
        Expect.CloseSums(y, [.. expected.Select(value => 1.5 * value)]);
    });

    [Test]
    public void ARecordedConvolutionHasItsWorkspaceInTheArena() => InChild(() =>
    {
        using CudaDevice device = Open();
        using Tensor x = TestTensors.Normal(s_layer.X, seed: 1, device, ElementType.BFloat16);
        using Tensor w = TestTensors.Normal(s_layer.W, seed: 2, device, ElementType.BFloat16);
        using Tensor y = Tensor.Zeros(s_layer.Y, ElementType.BFloat16, device);
        ConvolutionPlan plan = ConvolutionPlan.Forward(x.Shape, w.Shape, s_layer.Options);
        using RecordedStep step = RecordedStep.Record(device, () =>
        {
            Tensor result = Tensor.Empty(y.Shape, y.Type, device);
            ConvolutionLibrary.Launch(x, w, result, ProductEpilogue.None, plan);
            y.CopyFrom(result);
        });
        Assert.That(step.Plan.ArenaBytes, Is.GreaterThanOrEqualTo(5000 + y.Bytes), "both are needed at once");
        Assert.That(y.ToDoubles(), Is.All.Zero);
        step.Replay();
        Expect.CloseSums(y, Result(s_layer, x, w));
        x.Clear();
        step.Replay();
        Assert.That(y.ToDoubles(), Is.All.Zero);
    });

    [Test]
    public void ShapesBeyond31BitsAndOtherTypesAreRefused() => InChild(() =>
    {
        using CudaDevice device = Open();

        // While a step is being recorded, tensors have no memory.
        using RecordedStep step = RecordedStep.Record(device, () =>
        {
            ConvolutionSetting large = new("", [1, 1, 32768, 32768, 2], [1, 1, 1, 1, 2], ConvolutionOptions.Default);
            (Tensor x, Tensor w, Tensor y, ConvolutionPlan plan) = Empty(large, ElementType.Float16);
            Assert.That(ConvolutionLibrary.Fits(x, w, y, ProductEpilogue.None, plan), Is.False);
            large = large with { X = [1, 1, 32768, 32767, 2] };
            (x, w, y, plan) = Empty(large, ElementType.Float16);
            Assert.That(ConvolutionLibrary.Fits(x, w, y, ProductEpilogue.None, plan), Is.True);
            (x, w, y, plan) = Empty(s_layer, ElementType.Float64);
            Assert.That(ConvolutionLibrary.FitsDataGradient(y, w, x, plan), Is.False);
        });

        (Tensor X, Tensor W, Tensor Y, ConvolutionPlan Plan) Empty(ConvolutionSetting setting, ElementType type) => (
            Tensor.Empty(setting.X, type, device), Tensor.Empty(setting.W, type, device),
            Tensor.Empty(setting.Y, type, device),
            ConvolutionPlan.Forward(setting.X, setting.W, setting.Options));
    });

    [TestCase("cudnnBackendExecute", "cudnnBackendExecute of Forward of Float32, x [2, 1, 5, 6, 8]")]
    [TestCase("cudnnBackendCreateDescriptor", "cudnnBackendCreateDescriptor(CUDNN_BACKEND_TENSOR_DESCRIPTOR)")]
    [TestCase("cudnnBackendSetAttribute", "cudnnBackendSetAttribute of CUDNN_ATTR_TENSOR_DATA_TYPE")]
    [TestCase("cudnnBackendFinalize", "cudnnBackendFinalize of a tensor: Forward of Float32, x [2, 1, 5, 6, 8]")]
    [TestCase("cudnnBackendGetAttribute", "cudnnBackendGetAttribute of CUDNN_ATTR_ENGINEHEUR_RESULTS")]
    [TestCase("cudnnCreate", "cudnnCreate(&handle)")]
    public void ErrorsNameTheCallAndLeaveNothingBehind(string function, string call) => InChild(() =>
    {
        long before = PretendedCuda.Live();
        using (CudaDevice device = Open())
        {
            PretendedCuda.Fail(function, 5000);
            Assert.That(
                () => EngineFor(device, ElementType.Float32),
                Throws.TypeOf<CudaException>().With.Message.StartsWith(call)
                    .And.Message.EndsWith("failed: CUDNN_STATUS_OTHER (5000), as it pretends"));
        }

        Assert.That(PretendedCuda.Live(), Is.EqualTo(before));
    });

    [Test]
    public void AConvolutionIsARowOfAProfile() => InChild(() =>
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        (Tensor x, Tensor w, Tensor y, ConvolutionPlan plan) = Make(device, s_layer, ElementType.Float32);
        using Profiler profiler = new(device);
        ProfiledWork work = profiler.Measure(() => ConvolutionLibrary.LaunchWeightGradient(x, y, w, plan)).Work[0];
        Assert.That(work.Name, Is.EqualTo("cuDNN weight gradient"));
        Assert.That(work.Variant, Is.EqualTo("Float32"));
        Assert.That(work.Shapes, Is.EqualTo("[1, 2, 5, 6, 8] [8, 1, 3, 3, 8] [1, 2, 5, 6, 8]"));
        Assert.That(work.Cost, Is.EqualTo(new LaunchCost(x.Bytes + w.Bytes + y.Bytes, plan.Operations)));
    });

    [Test]
    public void EverythingIsGivenBackOnceAndOnlyWhereTheDeviceLives() => InChild(() =>
    {
        long before = PretendedCuda.Live();
        CudaDevice device = Open();
        EngineFor(device, ElementType.Float32);
        CudaDnn dnn = device.Dnn;
        dnn.Dispose();
        dnn.Dispose();
        Assert.That(() => EngineFor(device, ElementType.Float32), Throws.TypeOf<ObjectDisposedException>());
        device.Dispose();
        dnn.Dispose();
        Assert.That(PretendedCuda.Live(), Is.EqualTo(before));
    });

    [Test]
    public void TheLibraryTellsItsVersion() => InChild(
        () => Assert.That(NativeLibraries.CuDnn.Version, Is.EqualTo(new Version(9, 10, 2))));

    [Test]
    public void WithoutTheLibraryNothingFitsAndTheReasonIsTold()
    {
        using TensorScope scope = TestDevices.Host.Scope();
        (Tensor x, Tensor w, Tensor y, ConvolutionPlan plan) = Make(TestDevices.Host, s_layer, ElementType.Float32);
        Assert.That(ConvolutionLibrary.Fits(x, w, y, ProductEpilogue.None, plan), Is.False);
        Assume.That(NativeLibraries.CuDnn.IsFound, Is.False);
        Assert.That(
            () => CuDnn.cudnnGetVersion(),
            Throws.TypeOf<LibraryNotFoundException>().With.Message.StartsWith("cuDNN 9 was not found; install")
                .And.Message.Contains("nvidia-cudnn-cu12"));
    }

    private static void CheckAll(ConvolutionSetting setting, ElementType type)
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        (Tensor x, Tensor w, Tensor y, ConvolutionPlan plan) = Make(device, setting, type);
        Tensor dx = Tensor.Empty(setting.X, type, device), dw = Tensor.Empty(setting.W, type, device);
        bool fits = setting.Y.ElementCount > 0 && IsPadded(setting.Options.Before) && IsPadded(setting.Options.After);
        Assert.That(ConvolutionLibrary.FitsDataGradient(y, w, dx, plan), Is.EqualTo(fits));
        Assert.That(ConvolutionLibrary.FitsWeightGradient(x, y, dw, plan), Is.EqualTo(fits));
        Assert.That(ConvolutionLibrary.Fits(x, w, y, ProductEpilogue.None, plan), Is.EqualTo(fits));
        if (!fits) return;

        ConvolutionLibrary.LaunchDataGradient(y, w, dx, plan);
        ConvolutionLibrary.LaunchWeightGradient(x, y, dw, plan);
        (double[] input, double[] weights, double[] upstream) = (x.ToDoubles(), w.ToDoubles(), y.ToDoubles());
        (double[] ofX, double[] ofW) = (new double[input.Length], new double[weights.Length]);
        setting.ForEachProduct((from, weight, to) => ofX[from] += upstream[to] * weights[weight]);
        setting.ForEachProduct((from, weight, to) => ofW[weight] += upstream[to] * input[from]);
        Expect.CloseSums(dx, ofX, "data gradient");
        Expect.CloseSums(dw, ofW, "weight gradient");
        ConvolutionLibrary.Launch(x, w, y, ProductEpilogue.None, plan);
        Expect.CloseSums(y, Result(setting, x, w), "forward");

        static bool IsPadded(Triple padding) => Math.Min(padding.T, Math.Min(padding.H, padding.W)) >= 0;
    }

    private static int EngineFor(CudaDevice device, ElementType type, ConvolutionSetting? setting = null)
    {
        using TensorScope scope = device.Scope();
        (Tensor x, Tensor w, Tensor y, ConvolutionPlan plan) = Make(device, setting ?? s_layer, type);
        ConvolutionLibrary.Launch(x, w, y, ProductEpilogue.None, plan);
        return PretendedCuda.LastLaunch()["engine ".Length] - '0';
    }

    private static (Tensor X, Tensor W, Tensor Y, ConvolutionPlan Plan) Make(
        Device device, ConvolutionSetting setting, ElementType type) => (
        TestTensors.Normal(setting.X, seed: 1, device, type), TestTensors.Normal(setting.W, seed: 2, device, type),
        TestTensors.Normal(setting.Y, seed: 3, device, type),
        ConvolutionPlan.Forward(setting.X, setting.W, setting.Options));

    private static double[] Result(ConvolutionSetting setting, Tensor x, Tensor w)
    {
        (double[] input, double[] weights) = (x.ToDoubles(), w.ToDoubles());
        double[] sums = new double[setting.Y.ElementCount];
        setting.ForEachProduct((from, weight, to) => sums[to] += input[from] * weights[weight]);
        return sums;
    }
}
