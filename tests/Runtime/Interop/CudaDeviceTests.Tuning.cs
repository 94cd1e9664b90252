using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Kernels.Normalization;
using GenKernels.Tests.Runtime.Tuning;
using static GenKernels.Tests.Runtime.Interop.PretendedProcess;
using Convolutions = GenKernels.Kernels.Convolution.Convolution;

namespace GenKernels.Tests.Runtime.Interop;

// How a GPU tunes work that has several algorithms.
public sealed partial class CudaDeviceTests
{
    [Test]
    public void AGpuMeasuresWhatItMeetsByItsEventsAndInAGraph() => InChild(() =>
    {
        Environment.SetEnvironmentVariable("GENKERNELS_TUNE", "");
        using CudaDevice device = OpenWithoutChoices();
        Environment.SetEnvironmentVariable("GENKERNELS_TUNE", "off");
        Assert.That(device.Tuner.Policy, Is.EqualTo(TuningPolicy.Measure));
        PlantedWork work = new(("rule", 0), ("broken", double.NaN), ("other", 0))
        {
            Also = operand => PixelNorm.Forward(operand, 1).Dispose(), OperandShape = [10, 100],
        };
        List<string> notices = [];
        device.Notices = notices.Add;
        Assert.That(Choose(device, work), Is.EqualTo("rule"), "all events are as far apart");
        Assert.That(
            PretendedCuda.LastLaunch(), Is.EqualTo("replayed 9"),
            "five turns of two graphs of one launch, the first turn before the second graph is made");
        Assert.That(notices, Has.Count.EqualTo(1).And.All.Contains("not done by broken"));
        TunedChoice choice = device.Tuner.Choices.Single();
        Assert.That((choice.Microseconds, choice.RuleMicroseconds), Is.EqualTo((1500, 1500)));
        Assert.That(File.ReadAllText(device.Tuner.TablePath), Does.Contain(
            "\"Pretended, 150 GB, compute capability 9.0, 132 multiprocessors, NVRTC 13.0, "
            + "cuBLASLt 13.1.2, cuDNN 9.10.2\""));
        Assert.That(Choose(device, work), Is.EqualTo("rule"));
        Assert.That(work.Prepared, Is.EqualTo(1));
    });

    [Test]
    public void NothingIsMeasuredWithinACapture() => InChild(() =>
    {
        using CudaDevice device = OpenWithoutChoices();
        device.Tuner.Policy = TuningPolicy.Measure;
        PlantedWork work = new(("rule", 0), ("other", 0));
        device.BeginCapture();
        Assert.That(Choose(device, work), Is.EqualTo("rule"));
        device.EndCapture().Dispose();
        Assert.That(work.Prepared, Is.Zero);
        Choose(device, work);
        Assert.That(work.Prepared, Is.EqualTo(1), "it is not remembered");
    });

    [Test]
    public void LibrariesAreAlgorithmsToo() => InChild(() =>
    {
        using CudaDevice device = OpenWithoutChoices();
        MatMulKey product = new(
            ElementType.Float32, MatrixPrecision.Exact, (1, 8, 16), (1, 16, 8), false, false, true, true, default);
        Assert.That(
            new MatMulChoice().Algorithms(device, product).Select(algorithm => algorithm.Method),
            Is.EqualTo(new[] { ProductMethod.CudaCores, ProductMethod.Library }));
        Assert.That(
            new MatMulChoice().Algorithms(device, product with { X = (1, 8, 0), W = (1, 0, 8) }).Count(),
            Is.EqualTo(1));

        ConvolutionOptions options = ConvolutionOptions.Padded(new(0, 1, 2)) with { Stride = new(1, 2, 1) };
        Shape x = [2, 1, 7, 6, 16], w = [32, 1, 3, 3, 16];
        ConvolutionPlan forward = ConvolutionPlan.Forward(x, w, options);
        ConvolutionPlan adjoint = ConvolutionPlan.DataGradient(forward.OutputShape, w, new(1, 7, 6), options);
        Assert.That(adjoint.Adjoint, Is.EqualTo(forward));
        ConvolutionKey key = new(
            adjoint, ConvolutionRole.DataGradient, ElementType.Float32, MatrixPrecision.Exact, FitsTensorCores: false,
            IsAligned: true);
        ProductAlgorithm library = new ConvolutionChoice().Algorithms(device, key).Last();
        Assert.That(library.Method, Is.EqualTo(ProductMethod.Library));
        Assert.That(new ConvolutionChoice().Algorithms(device, key with { IsAligned = false }).Count(), Is.EqualTo(1));
        key = key with { Type = ElementType.BFloat16 };
        Assert.That(
            new ConvolutionChoice().Algorithms(device, key).Select(algorithm => $"{algorithm}"),
            Is.EqualTo(new[] { "CudaCores", "Library", "Library, engine 2" }));
        key = key with { Plan = forward, Role = ConvolutionRole.WeightGradient };
        Assert.That(new ConvolutionWeightGradientChoice().Algorithms(device, key).Last().Rank, Is.EqualTo(1));

        using Tensor weights = TestTensors.Normal(w, seed: 1, device);
        using Tensor dy = TestTensors.Normal(forward.OutputShape, seed: 2, device);
        using Tensor dx = Tensor.Empty(x, ElementType.Float32, device);
        Convolutions.Launch(library, dy, weights, dx, adjoint, ProductEpilogue.None, isAdjoint: true);
        using HostDevice host = new();
        using Tensor ownWeights = TestTensors.From(weights.ToDoubles(), w, host, ElementType.Float32);
        using Tensor ownDy = TestTensors.From(dy.ToDoubles(), dy.Shape, host, ElementType.Float32);
        using Tensor expected = Convolutions.DataGradient(ownDy, ownWeights, x, options);
        Expect.CloseSums(dx, expected.ToDoubles());
    });

    private CudaDevice OpenWithoutChoices() => new(0, new KernelCache(_folder.Path));

    private static string Choose(Device device, PlantedWork work) => device.Tuner.Choose(work, new PlantedKey(1)).Name;
}
