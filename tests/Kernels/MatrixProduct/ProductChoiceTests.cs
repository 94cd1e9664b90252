using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;
using Convolutions = GenKernels.Kernels.Convolution.Convolution;
using WeightGradient = GenKernels.Kernels.Convolution.ConvolutionWeightGradient;

namespace GenKernels.Tests.Kernels.MatrixProduct;

/// <summary>The choice of an algorithm on tensor cores: which are offered, and that the measured one is right and
/// remembered.</summary>
public sealed class ProductChoiceTests
{
    private static readonly ConvolutionOptions s_padded = ConvolutionOptions.Padded(new(0, 1, 1));

    [Test]
    public void TheRulesAlgorithmComesFirstAndNoneTwice(
        [Values(64, 130, 4096)] int rows, [Values(8, 64, 512)] int columns, [Values(32, 1024, 9216)] int depth)
    {
        Device device = TestDevices.Simt;
        MatMulKey key = new(
            ElementType.Float16, MatrixPrecision.Exact, (1, rows, depth), (1, depth, columns), false, false, true, true,
            default);
        MatMulChoice choice = new();
        ProductAlgorithm[] algorithms = [.. choice.Algorithms(device, key)];
        Assert.That(algorithms[0], Is.EqualTo(choice.Rule(device, key)));
        MatrixTiling[] candidates = [.. MatrixTiling.Candidates(device, key.Type)];
        Assert.That(algorithms, Is.Unique.And.Length.LessThanOrEqualTo(6 * candidates.Length));
        Assert.That(algorithms.Select(algorithm => $"{algorithm}"), Is.Unique);
        Assert.That(algorithms.Select(algorithm => algorithm.Tiling), Is.SupersetOf(candidates));
        MatrixTiling tiling = algorithms[0].Tiling!;
        (int parts, _) = tiling.Division(tiling.TileCount(rows, columns), depth, ElementType.Float16);
        Assert.That(algorithms[0].Parts, Is.EqualTo(parts));
    }

    [Test]
    public void WarpgroupsAreTriedWhereAllRowsAreWholeChunks([Values(64, 65)] int columns, [Values] bool isAligned)
    {
        MatMulKey key = new(
            ElementType.Float16, MatrixPrecision.Exact, (1, 64, 64), (1, 64, columns), false, false, isAligned, true,
            default);
        ProductAlgorithm[] algorithms = [.. new MatMulChoice().Algorithms(TestDevices.Simt, key)];
        Assert.That(
            algorithms.Any(algorithm => algorithm.Tiling!.HasWarpgroups), Is.EqualTo(columns == 64 && isAligned));
    }

    [Test]
    public void GradientsOfWeightsAreNotTriedInPartsOfBoxes()
    {
        Shape x = [1, 1, 64, 64, 64], w = [160, 1, 3, 3, 64];
        ConvolutionPlan plan = ConvolutionPlan.Forward(x, w, ConvolutionOptions.Default);
        ConvolutionKey key = new(
            plan, ConvolutionRole.WeightGradient, ElementType.BFloat16, MatrixPrecision.Exact, true, IsAligned: true);
        ProductAlgorithm[] algorithms = [.. new ConvolutionWeightGradientChoice().Algorithms(TestDevices.Simt, key)];
        Assert.That(algorithms.Any(algorithm => algorithm.Tiling!.HasWarpgroups), Is.True);
        Assert.That(algorithms.Select(algorithm => algorithm.Tiling!.HasWholeBoxes), Has.All.True);
    }

    [Test]
    public void ExactProductsHaveOneAlgorithm()
    {
        MatMulKey key = new(
            ElementType.Float32, MatrixPrecision.Exact, (1, 64, 64), (1, 64, 64), false, false, true, true, default);
        ProductAlgorithm algorithm = new MatMulChoice().Algorithms(TestDevices.Simt, key).Single();
        Assert.That(algorithm.Method, Is.EqualTo(ProductMethod.CudaCores));
    }

    [Test]
    public void AnEditOfAnyKernelOfAProductHasItMeasuredAnew(
        [Values(ElementType.Float16, ElementType.Float32)] ElementType type) =>
        TunedSources.ExpectComplete(TestDevices.Simt, new MatMulChoice(), new MatMulKey(
            type, MatrixPrecision.Exact, (1, 8, 1024), (1, 8, 1024), false, true, true, true, default));

    [Test]
    public void AnEditOfAnyKernelOfAConvolutionHasItMeasuredAnew(
        [Values(ElementType.Float16, ElementType.Float32)] ElementType type, [Values] bool isForTensorCores)
    {
        if (isForTensorCores && type == ElementType.Float32) return;
        Shape x = [1, 1, 64, 64, 8], w = [8, 1, 1, 1, 8];
        ConvolutionPlan plan = ConvolutionPlan.Forward(x, w, ConvolutionOptions.Default);
        ConvolutionKey key = new(
            plan, ConvolutionRole.Forward, type, MatrixPrecision.Exact, isForTensorCores, IsAligned: true);
        ConvolutionKey adjoint = key with
        {
            Plan = ConvolutionPlan.DataGradient(x, w, new Triple(1, 64, 64), ConvolutionOptions.Default),
            Role = ConvolutionRole.DataGradient,
        };
        ConvolutionKey gradient = key with { Role = ConvolutionRole.WeightGradient };
        TunedSources.ExpectComplete(TestDevices.Simt, new ConvolutionChoice(), key);
        TunedSources.ExpectComplete(TestDevices.Simt, new ConvolutionChoice(), adjoint);
        TunedSources.ExpectComplete(TestDevices.Simt, new ConvolutionWeightGradientChoice(), gradient);
    }

    [Test]
    public void KernelsOfCudaCoresAreCompiledBesideALibrary()
    {
        MatMulKey key = new(
            ElementType.Float32, MatrixPrecision.Exact, (1, 8, 16), (1, 8, 16), false, true, true, true, default);
        ProductAlgorithm[] algorithms = [new(ProductMethod.CudaCores), new(ProductMethod.Library)];
        (KernelSource source, ElementType type, string variant) = new MatMulChoice().Modules(key, algorithms).Single();
        Assert.That((source.Path, type), Is.EqualTo(("MatrixProduct/MatMul.cu", ElementType.Float32)));
        Assert.That(source.Admits(variant), Is.True);
    }

    [Test]
    public void KeysThatDifferHaveOtherTexts()
    {
        MatMulKey key = new(
            ElementType.Float16, MatrixPrecision.Exact, (1, 8, 16), (1, 16, 8), false, false, true, true, default);
        MatMulKey[] keys =
        [
            key, key with { Type = ElementType.BFloat16 }, key with { Precision = MatrixPrecision.Tf32 },
            key with { X = (2, 8, 16) }, key with { W = (2, 16, 8) }, key with { TransposeX = true },
            key with { TransposeW = true }, key with { IsXAligned = false }, key with { IsWAligned = false },
            key with { Epilogue = key.Epilogue with { Activation = Activation.Relu } },
            key with { Epilogue = key.Epilogue with { IsScaled = true } },
            key with { Epilogue = key.Epilogue with { HasBias = true } },
            key with { Epilogue = key.Epilogue with { HasResidual = true } },
            key with { Epilogue = key.Epilogue with { HasNoise = true } },
            key with { Epilogue = key.Epilogue with { FactorRows = 2 } },
        ];
        Assert.That(keys.Select(other => $"{other}"), Is.Unique);
        Assert.That($"{key}", Is.EqualTo("Float16 Exact, [1, 8, 16] by [1, 16, 8]"));
    }

    [Test]
    public void ConvolutionsThatDifferHaveOtherTexts()
    {
        Shape x = [1, 4, 8, 8, 16], w = [16, 2, 2, 2, 16];
        ConvolutionOptions plain = ConvolutionOptions.Default;
        ConvolutionPlan[] plans =
        [
            ConvolutionPlan.Forward(x, w, plain), ConvolutionPlan.Forward([2, 4, 8, 8, 16], w, plain),
            ConvolutionPlan.Forward([1, 4, 8, 9, 16], w, plain), ConvolutionPlan.Forward(x, [8, 2, 2, 2, 16], plain),
            ConvolutionPlan.Forward(x, [16, 1, 2, 2, 16], plain),
            ConvolutionPlan.Forward(x, w, plain with { Stride = new(1, 2, 1) }),
            ConvolutionPlan.Forward(x, w, plain with { Dilation = new(1, 1, 2) }),
            ConvolutionPlan.Forward(x, w, plain with { Before = new(1, 0, 0), After = new(-1, 0, 0) }),
            ConvolutionPlan.Forward(x, [16, 2, 2, 2, 8], plain with { Groups = 2 }),
            ConvolutionPlan.DataGradient(x, w, new(4, 8, 8), plain with { Stride = new(1, 2, 1) }),
        ];
        Assert.That(plans, Is.Unique);
        Assert.That(plans.Select(plan => $"{plan}"), Is.Unique);
        ConvolutionKey key = new(
            plans[0], ConvolutionRole.Forward, ElementType.Float16, MatrixPrecision.Exact, FitsTensorCores: true,
            IsAligned: true);
        ConvolutionKey[] keys =
        [
            key, key with { Role = ConvolutionRole.DataGradient }, key with { FitsTensorCores = false },
            key with { IsAligned = false }, key with { ScaleFrames = 4 },
            key with { Epilogue = new(Activation.Relu, false, false, false, false, 0) },
        ];
        Assert.That(keys.Select(other => $"{other}"), Is.Unique);
    }

    [Test]
    public void WhatIsMeasuredIsRightAndKnownToTheNextDevice()
    {
        using TemporaryFolder cache = new();
        for (int run = 0; run < 2; run++)
        {
            using SimtDevice device = new(new KernelCache(cache.Path));
            device.Tuner.Policy = run == 0 ? TuningPolicy.Measure : TuningPolicy.Known;
            using TensorScope scope = device.Scope();
            CheckProduct(device);
            CheckConvolution(device);
            Assert.That(device.Tuner.MeasuredCount, Is.EqualTo(run == 0 ? 4 : 0));
            Assert.That(
                device.Tuner.UsedChoices.Select(choice => choice.Kernel),
                Is.EquivalentTo(new[] { "Convolution", "Convolution", "ConvolutionWeightGradient", "MatMul" }));
        }
    }

    private static void CheckProduct(Device device)
    {
        // Not aligned, with a full epilogue.
        Tensor x = TestTensors.Normal([2, 9, 40], seed: 1, device, ElementType.Float16);
        Tensor w = TestTensors.Normal([1, 321], seed: 2, device, ElementType.Float16).Part(1, [1, 40, 8]);
        ProductEpilogue epilogue = new(
            TestTensors.Normal([8], seed: 3, device, x.Type), BiasActivationOptions.For(Activation.Relu, clamp: 4),
            TestTensors.Normal([2, 9, 8], seed: 4, device, x.Type), TestTensors.Normal([2, 8], seed: 5, device, x.Type),
            TestTensors.Normal([18], seed: 6, device, x.Type));
        Tensor tuned = MatMul.Forward(x, w, epilogue);
        Expect.CloseSums(tuned, ByTheRule(device, () => MatMul.Forward(x, w, epilogue)));
    }

    private static void CheckConvolution(Device device)
    {
        Tensor x = TestTensors.Normal([1, 2, 4, 5, 8], seed: 1, device, ElementType.BFloat16);
        Tensor w = TestTensors.Normal([16, 1, 3, 3, 8], seed: 2, device, ElementType.BFloat16);
        Tensor y = Convolutions.Forward(x, w, s_padded);
        Tensor dx = Convolutions.DataGradient(y, w, x.Shape, s_padded);
        Tensor dw = WeightGradient.Forward(x, y, w.Shape, s_padded);
        Expect.CloseSums(y, ByTheRule(device, () => Convolutions.Forward(x, w, s_padded)));
        Expect.CloseSums(dx, ByTheRule(device, () => Convolutions.DataGradient(y, w, x.Shape, s_padded)));
        Expect.CloseSums(dw, ByTheRule(device, () => WeightGradient.Forward(x, y, w.Shape, s_padded)));
    }

    private static double[] ByTheRule(Device device, Func<Tensor> work)
    {
        TuningPolicy policy = device.Tuner.Policy;
        device.Tuner.Policy = TuningPolicy.Off;
        double[] result = work().ToDoubles();
        device.Tuner.Policy = policy;
        return result;
    }
}
