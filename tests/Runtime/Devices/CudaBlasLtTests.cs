using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Runtime.Interop;
using GenKernels.Tests.Runtime.Interop;
using static GenKernels.Tests.Runtime.Interop.PretendedProcess;

namespace GenKernels.Tests.Runtime.Devices;

/// <summary>Matrix products by cuBLASLt against the formula, with a fake library.</summary>
[Category(PretendedProcess.Category)]
public sealed class CudaBlasLtTests
{
    private const int M = 3, N = 4, K = 5;

    private static readonly ElementType[] s_types =
        [ElementType.Float64, ElementType.Float32, ElementType.Float16, ElementType.BFloat16];

    [Test]
    public void ProductsOfRowsAreTheFormula(
        [ValueSource(nameof(s_types))] ElementType type, [Values] bool transposeA, [Values] bool transposeB,
        [Values(1, 2)] int batch) => InChild(() =>
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        Tensor a = TestTensors.Normal([batch, transposeA ? K : M, transposeA ? M : K], seed: 1, device, type);
        Tensor b = TestTensors.Normal([batch, transposeB ? N : K, transposeB ? K : N], seed: 2, device, type);
        Tensor c = TestTensors.Normal([batch, M, N], seed: 3, device, type);
        double[] before = c.ToDoubles();
        CudaProductShape shape = new(M, N, K, transposeA, transposeB) { BatchCount = batch };
        device.Blas.Multiply(shape, a, b, c, default, alpha: 2, beta: -0.5);
        Expect.Close(
            c, [.. before.Select((value, index) => (2 * Sum(a, b, index, transposeA, transposeB)) - (0.5 * value))]);
    });

    [Test]
    public void RowsMayLieApartAndFactorsBeShared() => InChild(() =>
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        Tensor a = TestTensors.Normal([1, M, 7], seed: 1, device);
        Tensor b = TestTensors.Normal([2, K, 6], seed: 2, device);
        Tensor c = Tensor.Zeros([2, M, 9], ElementType.Float32, device);
        CudaProductShape shape = new(M, N, K)
        {
            BatchCount = 2, RowOfA = 7, StrideA = 0, RowOfB = 6, StrideB = K * 6, RowOfC = 9, StrideC = M * 9,
        };
        device.Blas.Multiply(shape, a, b, c, default);
        (double[] left, double[] right, double[] result) = (a.ToDoubles(), b.ToDoubles(), c.ToDoubles());
        for (int index = 0; index < result.Length; index++)
        {
            (int s, int i, int j) = (index / (M * 9), index / 9 % M, index % 9);
            double sum = j >= N ? 0
                : Enumerable.Range(0, K).Sum(k => left[(i * 7) + k] * right[(s * K * 6) + (k * 6) + j]);
            Assert.That(result[index], Is.EqualTo(sum).Within(Tolerance.Float32));
        }
    });

    [Test]
    public void AlgorithmsJoinPartsInOneOrderAndAreChosenOnceAShape() => InChild(() =>
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([1, 16, 16], seed: 1, device);
        Tensor y = Tensor.Empty(x.Shape, x.Type, device);
        int before = PretendedCuda.Proposals();
        for (int run = 0; run < 3; run++) device.Blas.Multiply(new CudaProductShape(16, 16, 16), x, x, y, default);
        Assert.That(PretendedCuda.Proposals(), Is.EqualTo(before + 1));
        Assert.That(
            PretendedCuda.LastLaunch(),
            Is.EqualTo("product 68, scheme 2, alignments 256 256 256, workspace 32 MiB"));
        device.Precision = Precision.Tf32;
        device.Blas.Multiply(new CudaProductShape(16, 16, 16), x, x, y, default);
        Assert.That(PretendedCuda.LastLaunch(), Does.StartWith("product 77, scheme 2"), "another plan");
    });

    [Test]
    public void APlaceThatIsNotAlignedIsToldToTheHeuristic() => InChild(() =>
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([65], seed: 1, device, ElementType.Float16);
        Tensor y = Tensor.Empty([1, 8, 8], ElementType.Float16, device);
        device.Blas.Multiply(new CudaProductShape(8, 8, 8), x.Part(1, [1, 8, 8]), x.Part(0, [1, 8, 8]), y, default);
        Assert.That(PretendedCuda.LastLaunch(), Does.Match(@"alignments \d+ 2 "), "A is the library's second factor");
    });

    [Test]
    public void FactorsAreRoundedWhereTheDeviceAllowsIt() => InChild(() =>
    {
        using CudaDevice device = Open();
        device.Precision = Precision.Tf32;
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.From([1 + MathF.ScaleB(1, -12)], [1, 1, 1], device);
        Tensor y = Tensor.Empty(x.Shape, x.Type, device);
        device.Blas.Multiply(new CudaProductShape(1, 1, 1), x, x, y, default);
        Assert.That(y.ToArray<float>()[0], Is.EqualTo(1));
        device.Precision = Precision.Fp32;
        device.Blas.Multiply(new CudaProductShape(1, 1, 1), x, x, y, default);
        Assert.That(y.ToArray<float>()[0], Is.GreaterThan(1));
    });

    [Test]
    public void WhatFollowsAProductIsThatOfOurOwnKernels(
        [ValueSource(nameof(s_types))] ElementType type, [Values(1f, 1.5f)] float gain,
        [Values(1f, 0.5f)] float scale) => InChild(() =>
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([1, K, M], seed: 1, device, type);
        Tensor w = TestTensors.Normal([2, N, K], seed: 2, device, type);
        Tensor bias = TestTensors.Normal([N], seed: 3, device, type);
        Tensor y = Tensor.Empty([2, M, N], type, device);
        BiasActivationOptions options = BiasActivationOptions.For(Activation.Linear) with { Gain = gain };
        Assert.That(MatMulLibrary.Fits(x, w), Is.True);
        ProductEpilogue epilogue = new(bias, options, Scale: scale);
        MatMulLibrary.Launch(x, w, y, epilogue, transposeX: true, transposeW: true);
        double[] added = bias.ToDoubles();
        IEnumerable<int> indices = Enumerable.Range(0, 2 * M * N);
        Expect.Close(
            y, [.. indices.Select(index => gain * ((scale * Sum(x, w, index, true, true)) + added[index % N]))]);
    });

    [Test]
    public void AProductOfARecordedStepIsPartOfItsGraph() => InChild(() =>
    {
        using CudaDevice device = Open();
        using Tensor x = Tensor.From<double>([2, 3, 4, 5], [1, 2, 2], device);
        using Tensor y = Tensor.Zeros([1, 2, 2], ElementType.Float64, device);
        using RecordedStep step = RecordedStep.Record(device, () =>
        {
            Tensor square = Tensor.Zeros([1, 2, 2], ElementType.Float64, device);
            device.Blas.Multiply(new CudaProductShape(2, 2, 2), x, x, square, default);
            y.CopyFrom(square);
        });
        Assert.That(y.ToArray<double>(), Is.All.Zero);
        step.Replay();
        Assert.That(y.ToArray<double>(), Is.EqualTo(new[] { 16.0, 21, 28, 37 }));
        x.CopyFrom<double>([1, 0, 0, 3]);
        step.Replay();
        Assert.That(y.ToArray<double>(), Is.EqualTo(new[] { 1.0, 0, 0, 9 }));
    });

    [Test]
    public void ARecordedProductKeepsItsFactors() => InChild(() =>
    {
        using CudaDevice device = Open();
        using Tensor y = Tensor.Zeros([1, 1, 1], ElementType.Float32, device);
        RecordedStep step;
        using (Tensor x = Tensor.From<float>([3], [1, 1, 1], device))
        {
            step = RecordedStep.Record(
                device, () => device.Blas.Multiply(new CudaProductShape(1, 1, 1), x, x, y, default));
        }

        using (step)
        using (Tensor.From<float>([5], [1, 1, 1], device))
        {
            step.Replay();
            Assert.That(y.ToArray<float>(), Is.EqualTo(new[] { 9f }));
        }
    });

    [Test]
    public void ErrorsNameTheCallAndTheShape() => InChild(() =>
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([1, 8, 8], ElementType.BFloat16, device);
        PretendedCuda.Fail("cublasLtMatmul", 13);
        Assert.That(
            () => device.Blas.Multiply(new CudaProductShape(8, 8, 8), x, x, x, default),
            Throws.TypeOf<CudaException>().With.Message.StartsWith(
                "cublasLtMatmul of BFloat16, CudaProductShape { M = 8, N = 8, K = 8,")
                .And.Message.EndsWith("failed: CUBLAS_STATUS_OTHER (13), another fault"));
        Tensor wide = Tensor.Zeros([1, 1, 404], ElementType.BFloat16, device);
        Assert.That(
            () => device.Blas.Multiply(new CudaProductShape(1, 404, 1), x, wide, wide, default),
            Throws.TypeOf<CudaException>().With.Message.Contains("cublasLtMatmulAlgoGetHeuristic of BFloat16")
                .And.Message.Contains("N = 404").And.Message.Contains("CUBLAS_STATUS_NOT_SUPPORTED (15)"));
        Tensor integers = Tensor.Zeros([1, 1, 1], ElementType.Int32, device);
        Assert.That(
            () => device.Blas.Multiply(new CudaProductShape(1, 1, 1), integers, integers, integers, default),
            Throws.ArgumentException.With.Message.EqualTo("cuBLASLt has no product of Int32"));
    });

    [Test]
    public void AFaultFoundLaterNamesTheProduct() => InChild(() =>
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([1, 1, 1], ElementType.Float32, device);
        device.Blas.Multiply(new CudaProductShape(1, 1, 1), x, x, x, default);
        PretendedCuda.Fail("cuStreamSynchronize", 700);
        Assert.That(
            device.Synchronize,
            Throws.TypeOf<LaunchException>().With.Message.Match(
                @"the last kernel launched was cuBLASLt product with arguments \(Float32 \[1, 1, 1\] at 0x"));
    });

    [Test]
    public void AProductIsARowOfAProfile() => InChild(() =>
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([1, 8, 8], ElementType.BFloat16, device);
        Tensor y = Tensor.Empty(x.Shape, x.Type, device);
        using Profiler profiler = new(device);
        ProfiledStep step = profiler.Measure(
            () => MatMulLibrary.Launch(x, x, y, ProductEpilogue.None, transposeX: false, transposeW: false));
        Assert.That(step.Work, Has.Count.EqualTo(1));
        ProfiledWork work = step.Work[0];
        Assert.That(work.Name, Is.EqualTo("cuBLASLt product"));
        Assert.That(work.Type, Is.EqualTo(ElementType.BFloat16));
        Assert.That(work.Shapes, Is.EqualTo("[1, 8, 8] [1, 8, 8] [1, 8, 8]"));
        Assert.That(work.Cost, Is.EqualTo(new LaunchCost(3 * 64 * 2, 2 * 8 * 8 * 8)));
        Assert.That(work.Duration, Is.EqualTo(TimeSpan.FromMilliseconds(1.5)));
    });

    [Test]
    public void EverythingIsGivenBackOnceAndOnlyWhereTheDeviceLives() => InChild(() =>
    {
        long before = PretendedCuda.Live();
        CudaDevice device = Open();
        using (Tensor x = Tensor.Zeros([1, 8, 8], ElementType.Float32, device))
        {
            device.Blas.Multiply(new CudaProductShape(8, 8, 8), x, x, x, default);
        }

        CudaBlasLt blas = device.Blas;
        blas.Dispose();
        blas.Dispose();
        device.Dispose();
        blas.Dispose();
        Assert.That(PretendedCuda.Live(), Is.EqualTo(before));
    });

    [Test]
    public void AFailureOnTheWayLeavesNothingBehind() => InChild(() =>
    {
        long before = PretendedCuda.Live();
        using (CudaDevice device = Open())
        using (Tensor x = Tensor.Zeros([1, 8, 8], ElementType.Float32, device))
        {
            PretendedCuda.Fail("cuMemAllocAsync", 2);
            Assert.That(() => new CudaBlasLt(device), Throws.TypeOf<OutOfDeviceMemoryException>());
            PretendedCuda.Fail("cublasLtMatrixLayoutCreate", 3);
            Assert.That(
                () => device.Blas.Multiply(new CudaProductShape(8, 8, 8), x, x, x, default),
                Throws.TypeOf<CudaException>().With.Message.StartsWith("cublasLtMatrixLayoutCreate for Float32"));
        }

        Assert.That(PretendedCuda.Live(), Is.EqualTo(before));
    });

    [Test]
    public void TheLibraryTellsItsVersion() => InChild(
        () => Assert.That(NativeLibraries.CuBlasLt.Version, Is.EqualTo(new Version(13, 1, 2))));

    [Test]
    public void WithoutTheLibraryNothingFitsAndTheReasonIsTold()
    {
        using Tensor x = TestTensors.Normal([1, 2, 2], seed: 1, TestDevices.Host);
        Assert.That(MatMulLibrary.Fits(x, x), Is.False, "the CPU's products are not the library's");
        Assume.That(NativeLibraries.CuBlasLt.IsFound, Is.False);
        Assert.That(NativeLibraries.CuBlasLt.Version, Is.Null);
        Assert.That(
            () => CuBlasLt.cublasLtGetVersion(),
            Throws.TypeOf<LibraryNotFoundException>().With.Message.StartsWith("cuBLASLt was not found; install")
                .And.Message.Contains("nvidia-cublas-cu12"));
    }

    private static double Sum(Tensor a, Tensor b, int index, bool transposeA, bool transposeB)
    {
        (int s, int i, int j) = (index / (M * N), index / N % M, index % N);
        (double[] left, double[] right) = (a.ToDoubles(), b.ToDoubles());
        (int ofA, int ofB) = (a.Shape[0] == 1 ? 0 : s * M * K, b.Shape[0] == 1 ? 0 : s * K * N);
        return Enumerable.Range(0, K).Sum(k =>
            left[ofA + (transposeA ? (k * M) + i : (i * K) + k)]
            * right[ofB + (transposeB ? (j * K) + k : (k * N) + j)]);
    }
}
