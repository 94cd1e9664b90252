using GenKernels.Cli.Profiling;
using GenKernels.Kernels.Normalization;
using GenKernels.Runtime.Interop;
using static GenKernels.Tests.Runtime.Interop.PretendedProcess;

namespace GenKernels.Tests.Runtime.Interop;

/// <summary>The CUDA device's own logic, tested without a GPU: driver and NVRTC are fakes.</summary>
[Category(PretendedProcess.Category)]
public sealed partial class CudaDeviceTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeAFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveTheFolder() => _folder.Dispose();

    [Test]
    public void AKernelRunsWithItsArgumentsAndGivesEverythingBack() => InChild(() =>
    {
        long before = PretendedCuda.Live();
        using (CudaDevice device = Open())
        {
            using Tensor x = Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3], device);
            using Tensor y = PixelNorm.Forward(x, epsilon: 0.5f);
            Assert.That(y.ToArray<float>(), Is.EqualTo(new[] { 2f, 4, 6, 8, 10, 12 }));
            Assert.That(PretendedCuda.LastLaunch(), Is.EqualTo("1 1 1, 256 1 1, 0: 2 3 0.5"));
            using Tensor zeros = Tensor.Zeros([5], ElementType.Float32, device);
            Assert.That(zeros.ToArray<float>(), Is.All.Zero);
        }

        Assert.That(PretendedCuda.Live(), Is.EqualTo(before));
    });

    [Test]
    public void TheDeviceTellsWhatItIs() => InChild(() =>
    {
        using Device device = DeviceFactory.Open("auto", new KernelCache(_folder.Path));
        Assert.That(device.Name, Is.EqualTo("cuda:0"));
        Assert.That(device.Kind, Is.EqualTo(DeviceKind.Cuda));
        Assert.That(device.ProcessorCount, Is.EqualTo(132));
        Assert.That(device.HasWarpgroupProducts, Is.True);
        Assert.That(device.KernelTime, Is.Null);
        Assert.That(
            device.Description,
            Is.EqualTo("Pretended, 150 GB, compute capability 9.0, 132 multiprocessors, CUDA 13.0, NVRTC 13.0"));
        Assert.That(((CudaDevice)device).MemoryInformation(), Is.EqualTo((100L, 200L)));
        Assert.That(
            () => DeviceFactory.Open("cuda:1"),
            Throws.TypeOf<DeviceUnavailableException>()
                .With.Message.EqualTo("cuda:1: the NVIDIA driver lists cuda:0 to cuda:0"));
    });

    [Test]
    public void CodeIsCompiledOnceForTheVeryGpu() => InChild(() =>
    {
        int before = PretendedCuda.Compiled();
        for (int run = 0; run < 2; run++)
        {
            using CudaDevice device = Open();
            using TensorScope scope = device.Scope();
            using Tensor y = PixelNorm.Forward(Tensor.Zeros([1, 1], ElementType.Float32, device), 1);
        }

        Assert.That(PretendedCuda.Compiled(), Is.EqualTo(before + 1));
        Assert.That(PretendedCuda.Options(), Does.Contain("--std=c++20").And.Contain("--gpu-architecture=sm_90a "));
        Assert.That(Directory.GetFiles(_folder.Path, "*.cubin"), Has.Length.EqualTo(1));
    });

    [Test]
    public void AFaultOfTheSourceShowsLogAndSource() => InChild(() =>
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        PretendedCuda.Fail("nvrtcCompileProgram", 6);
        Assert.That(
            () => PixelNorm.Forward(Tensor.Zeros([1, 1], ElementType.Float32, device), 1),
            Throws.TypeOf<CompilationException>()
                .With.Message.Contains("NVRTC 13.0 (sm_90a) could not compile Normalization/PixelNorm.cu for Float32")
                .And.Message.Contains("identifier is undefined").And.Message.Contains("   13 KERNEL PixelNorm"));
        Assert.That(Directory.GetFiles(_folder.Path), Is.Empty, "a failed compilation leaves nothing in the cache");
    });

    [Test]
    public void AFaultOfTheCompilerItselfIsNamed() => InChild(() =>
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        PretendedCuda.Fail("nvrtcCompileProgram", 7);
        Assert.That(
            () => PixelNorm.Forward(Tensor.Zeros([1, 1], ElementType.Float32, device), 1),
            Throws.TypeOf<CudaException>().With.Message.Contains("NVRTC_ERROR_BUILTIN_OPERATION_FAILURE (7)"));
    });

    [Test]
    public void CodeThatTheDriverRefusesIsToldWithItsLog() => InChild(() =>
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        PretendedCuda.Fail("cuModuleLoadDataEx", 209);
        Assert.That(
            () => PixelNorm.Forward(Tensor.Zeros([1, 1], ElementType.Float32, device), 1),
            Throws.TypeOf<CompilationException>().With.Message.EqualTo(
                "Normalization/PixelNorm.cu: the driver of CUDA 13.0 did not take what NVRTC 13.0 made for Pretended, "
                + "150 GB, compute capability 9.0, 132 multiprocessors: "
                + "CUDA_ERROR_OTHER (209), another fault no such architecture"));
    });

    [Test]
    public void ALaunchThatFailsNamesKernelShapeAndArguments() => InChild(() =>
    {
        using CudaDevice device = Open();
        using TensorScope scope = device.Scope();
        using Tensor x = Tensor.Zeros([9, 3], ElementType.Float32, device);
        PretendedCuda.Fail("cuLaunchKernel", 701);
        Assert.That(
            () => PixelNorm.Forward(x, 0.25f),
            Throws.TypeOf<LaunchException>().With.Message.Match(
                @"^cuda:0: launching PixelNorm with grid \(2, 1, 1\), block \(256\), shared 0 B, arguments "
                + @"\(Float32 \[9, 3\] at 0x[0-9A-F]+, Float32 \[9, 3\] at 0x[0-9A-F]+, 9, 3, 0\.25\) "
                + @"failed: CUDA_ERROR_OTHER \(701\), another fault$"));
    });

    [Test]
    public void AFaultFoundLaterNamesTheLastKernelAndDisposeIsSafe() => InChild(() =>
    {
        CudaDevice device = Open();
        Tensor x = Tensor.Zeros([1, 3], ElementType.Float32, device);
        DeviceEvent moment = device.RecordEvent();
        Tensor y = PixelNorm.Forward(x, 1);
        PretendedCuda.Fail("cuStreamSynchronize", 700);
        Assert.That(
            () => y.ToArray<float>(),
            Throws.TypeOf<LaunchException>().With.Message.StartsWith(
                "cuda:0: cuStreamSynchronize(Stream) failed: CUDA_ERROR_ILLEGAL_ADDRESS (700), an illegal access; "
                + "the last kernel launched was PixelNorm with grid (1, 1, 1)"));
        PretendedCuda.Fail("cuStreamSynchronize", 700);
        Thread other = new(device.Dispose);
        other.Start();
        other.Join();
        device.Dispose();
        x.Dispose();
        y.Dispose();
        moment.Dispose();
        Assert.That(() => device.Synchronize(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => x.Address, Throws.TypeOf<ObjectDisposedException>());
        PretendedCuda.Fail("", 0);
    });

    [Test]
    public void SharedMemoryAboveTheUsualIsAskedForAndTooMuchIsRefused() => InChild(() =>
    {
        using CudaDevice device = Open();
        using Tensor x = Tensor.Zeros([1, 1], ElementType.Float32, device);
        PixelNorm.Forward(x, 1).Dispose();
        Kernel kernel = device.Load(PixelNormSource(), ElementType.Float32).Kernel("PixelNorm");
        kernel.Launch(new LaunchShape(3, 2, 1, 64, SharedBytes: 200_000), x, x, 1, 1, 1f);
        Assert.That(PretendedCuda.LastLaunch(), Is.EqualTo("3 2 1, 64 1 1, 200000: 1 1 1"));
        Assert.That(
            () => kernel.Launch(new LaunchShape(1, 1, 1, 64, SharedBytes: 300_000), x, x, 1, 1, 1f),
            Throws.TypeOf<LaunchException>().With.Message.StartsWith(
                "PixelNorm asks for 300000 bytes of dynamic shared memory; cuda:0 gives a block 232448 in all"));
        Assert.That(
            () => kernel.Launch(new LaunchShape(1L << 32, 1, 1, 64), x, x, 1, 1, 1f),
            Throws.TypeOf<LaunchException>().With.Message.Contains("grid (4294967296, 1, 1)"));
        Assert.That(
            () => kernel.Launch(new LaunchShape(1, 1, 1, 64), x, x, 1L, 1, 1f),
            Throws.TypeOf<LaunchException>().With.Message.Contains("argument 2 has 8 bytes, the kernel takes 4"));
    });

    [Test]
    public void AnEmptyMemoryIsAnErrorOfItsOwnKind() => InChild(() =>
    {
        using CudaDevice device = Open();
        PretendedCuda.Fail("cuMemAllocAsync", 2);
        using Tensor second = Tensor.Empty([8], ElementType.Float32, device);
        Assert.That(second.Address, Is.Not.EqualTo((nint)0), "the pool gives back what it has and asks again");
        device.Memory.Limit = 4096;
        Assert.That(
            () => Tensor.Empty([8192], ElementType.Float32, device), Throws.TypeOf<OutOfDeviceMemoryException>());
    });

    [Test]
    public void ACapturedStepIsReplayedAndMayNotAllocate() => InChild(() =>
    {
        using CudaDevice device = Open();
        using Tensor x = Tensor.Zeros([1, 3], ElementType.Float32, device);
        PixelNorm.Forward(x, 1).Dispose();
        device.BeginCapture();
        PixelNorm.Forward(x, 1).Dispose();
        PixelNorm.Forward(x, 1).Dispose();
        Assert.That(
            () => Tensor.Empty([1 << 20], ElementType.Float32, device),
            Throws.InvalidOperationException.With.Message.Contains("during a capture"));
        using CudaGraph graph = device.EndCapture();
        graph.Launch();
        graph.Launch();
        Assert.That(PretendedCuda.LastLaunch(), Is.EqualTo("replayed 4"));
    });

    [Test]
    public void WhatAnotherThreadLaunchesDuringACaptureRuns() => InChild(() =>
    {
        long before = PretendedCuda.Live();
        using (CudaDevice device = Open())
        {
            using Tensor x = Tensor.From<float>([1, 2, 3], [1, 3], device);
            using Tensor y = Tensor.Zeros([1, 3], ElementType.Float32, device);
            PixelNorm.Forward(x, 1).Dispose();
            device.BeginCapture();
            using Tensor captured = PixelNorm.Forward(x, 1);
            y.CopyFrom(captured);
            float[] other = [];
            Thread thread = new(() =>
            {
                using Tensor own = PixelNorm.Forward(x, 1);
                other = own.ToArray<float>();
            });
            thread.Start();
            thread.Join();
            Assert.That(other, Is.EqualTo(new[] { 2f, 4, 6 }));
            using CudaGraph graph = device.EndCapture();
            Assert.That(y.ToArray<float>(), Is.All.Zero, "nothing of the capture has run yet");
            graph.Launch();
            Assert.That(y.ToArray<float>(), Is.EqualTo(other));
        }

        Assert.That(PretendedCuda.Live(), Is.EqualTo(before));
    });

    [Test]
    public void ACaptureIsBegunAndEndedOnce() => InChild(() =>
    {
        long before = PretendedCuda.Live();
        using (CudaDevice device = Open())
        {
            Assert.That(
                device.EndCapture, Throws.InvalidOperationException.With.Message.StartsWith(
                    "cuda:0: this thread captures nothing"));
            device.BeginCapture();
            Assert.That(
                device.BeginCapture, Throws.InvalidOperationException.With.Message.StartsWith(
                    "cuda:0: this thread captures already"));
            device.EndCapture().Dispose();
        }

        Assert.That(PretendedCuda.Live(), Is.EqualTo(before));
    });

    [Test]
    public void ACaptureThatCannotBeginLeavesNothingBehind() => InChild(() =>
    {
        using CudaDevice device = Open();
        long before = PretendedCuda.Live();
        PretendedCuda.Fail("cuStreamBeginCapture_v2", 401);
        Assert.That(device.BeginCapture, Throws.TypeOf<CudaException>());
        Assert.That((device.IsCapturing, PretendedCuda.Live()), Is.EqualTo((false, before)));
    });

    [Test]
    public void ARecordedStepIsOneLaunchOfAGraph() => InChild(() =>
    {
        long before = PretendedCuda.Live();
        using (CudaDevice device = Open())
        {
            using Tensor x = Tensor.From<float>([1, 2, 3], [1, 3], device);
            using Tensor y = Tensor.Zeros([1, 3], ElementType.Float32, device);
            using RecordedStep step = RecordedStep.Record(device, () =>
            {
                y.Clear();
                y.CopyFrom(PixelNorm.Forward(PixelNorm.Forward(x, 1), 1));
            });
            Assert.That(y.ToArray<float>(), Is.All.Zero);
            long launches = device.LaunchCount;
            step.Replay();
            Assert.That(device.LaunchCount, Is.EqualTo(launches + step.LaunchCount), "a capture launches nothing");
            Assert.That(y.ToArray<float>(), Is.EqualTo(new[] { 4f, 8, 12 }));
            x.CopyFrom<float>([5, 0, 1]);
            int calls = PretendedCuda.Launches();
            step.Replay();
            Assert.That(y.ToArray<float>(), Is.EqualTo(new[] { 20f, 0, 4 }));
            Assert.That(PretendedCuda.LastLaunch(), Does.StartWith("replayed "));
            Assert.That(PretendedCuda.Launches(), Is.EqualTo(calls + 1));
            Assert.That(device.LaunchCount, Is.EqualTo(launches + (2 * step.LaunchCount)));
        }

        Assert.That(PretendedCuda.Live(), Is.EqualTo(before));
    });

    [Test]
    public void ARecordedStepIsCapturedAnewWhereItsArenaMoves() => InChild(() =>
    {
        using CudaDevice device = Open();
        using StepArena arena = new(device);
        using Tensor x = Tensor.From<float>([1, 2, 3], [1, 3], device);
        using Tensor y = Tensor.Zeros([1, 3], ElementType.Float32, device);
        using Tensor wide = Tensor.Zeros([1, 4000], ElementType.Float32, device);
        using RecordedStep small = RecordedStep.Record(device, () => Twice(x, y), arena);
        using RecordedStep large = RecordedStep.Record(device, () => Twice(wide, wide), arena);
        small.Replay();
        large.Replay();
        y.Clear();
        small.Replay();
        Assert.That(y.ToArray<float>(), Is.EqualTo(new[] { 4f, 8, 12 }));

        static void Twice(Tensor x, Tensor y) => y.CopyFrom(PixelNorm.Forward(PixelNorm.Forward(x, 1), 1));
    });

    [Test]
    public void ACaptureThatFailsIsToldAndTriedAnew() => InChild(() =>
    {
        using CudaDevice device = Open();
        using Tensor x = Tensor.From<float>([1, 2, 3], [1, 3], device);
        using RecordedStep step = RecordedStep.Record(device, () => x.CopyFrom(PixelNorm.Forward(x, 1)));
        PretendedCuda.Fail("cuLaunchKernel", 700);
        Assert.That(step.Replay, Throws.TypeOf<LaunchException>().With.Message.Contains("an illegal access"));
        Assert.That(x.ToArray<float>(), Is.EqualTo(new[] { 1f, 2, 3 }), "the stream is no longer in capture");
        step.Replay();
        Assert.That(x.ToArray<float>(), Is.EqualTo(new[] { 2f, 4, 6 }));
    });

    [Test]
    public void EventsMeasureTime() => InChild(() =>
    {
        using CudaDevice device = Open();
        using DeviceEvent first = device.RecordEvent();
        using DeviceEvent second = device.RecordEvent();
        Assert.That(second.Since(first), Is.EqualTo(TimeSpan.FromMilliseconds(1.5)));
    });

    [Test]
    public void LaunchesAreProfiledByPairsOfEvents() => InChild(() =>
    {
        using CudaDevice device = Open();
        using Tensor x = Tensor.Zeros([9, 3], ElementType.Float32, device);
        using Profiler profiler = new(device);
        ProfiledStep step = profiler.Measure(() => PixelNorm.Forward(x, 1).Dispose());
        Assert.That(step.Work, Has.Count.EqualTo(1));
        Assert.That(step.Work[0].Duration, Is.EqualTo(TimeSpan.FromMilliseconds(1.5)));
        Assert.That(step.Work[0].Footprint, Is.EqualTo(new KernelFootprint(40, 1024, 16, 0.5)));
    });

    [Test]
    public void WhatIsCapturedIsNotProfiled() => InChild(() =>
    {
        using CudaDevice device = Open();
        using Tensor x = Tensor.Zeros([1, 3], ElementType.Float32, device);
        using RecordedStep recorded = RecordedStep.Record(device, () => x.CopyFrom(PixelNorm.Forward(x, 1)));
        using Profiler profiler = new(device);
        ProfiledStep step = profiler.Measure(() =>
        {
            recorded.Replay();
            PixelNorm.Forward(x, 1).Dispose();
        });
        Assert.That(step.Work.Select(work => work.Name), Is.EqualTo(new[] { "PixelNorm" }), "that beside the replay");
    });

    [Test]
    public void RangesReachNvtx() => InChild(() =>
    {
        using CudaDevice device = Open();
        using (device.Range("outer"))
        {
            using DeviceRange inner = device.Range("inner");
        }

        Assert.That(PretendedCuda.Ranges(), Does.EndWith("(outer(inner))"));
    });

    [Test]
    public void PtxIsThatOfTheGpusArchitecture() => InChild(() =>
    {
        using CudaDevice device = Open();
        (string language, string text) = device.Translate(PixelNormSource(), ElementType.Float32)[0];
        Assert.That(language, Is.EqualTo("PTX"));
        Assert.That(text, Does.Contain("--gpu-architecture=compute_90a"));
    });

    private static KernelSource PixelNormSource() => KernelFiles.Find("PixelNorm");

    private CudaDevice Open() => new(0, new KernelCache(_folder.Path));
}
