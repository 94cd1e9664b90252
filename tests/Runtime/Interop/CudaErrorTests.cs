using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CudaDriver;

namespace GenKernels.Tests.Runtime.Interop;

public sealed class CudaErrorTests
{
    [Test]
    public void AStatusThatIsNotSuccessNamesTheCallThatGaveIt()
    {
        CUresult status = CUresult.CUDA_ERROR_ILLEGAL_ADDRESS;
        Assert.That(
            () => Same(status).ThrowIfFailed(),
            Throws.TypeOf<CudaException>()
                .With.Message.StartsWith("Same(status) failed: CUDA_ERROR_ILLEGAL_ADDRESS (700)")
                .And.Property(nameof(CudaException.Call)).EqualTo("Same(status)")
                .And.Property(nameof(CudaException.ErrorName)).EqualTo("CUDA_ERROR_ILLEGAL_ADDRESS")
                .And.Property(nameof(CudaException.Code)).EqualTo(700));
        Assert.That(() => CUresult.CUDA_SUCCESS.ThrowIfFailed(), Throws.Nothing);
    }

    [Test]
    public void TheTextOfTheLibraryFollowsTheCode() =>
        Assert.That(
            new CudaException("cuInit(0)", 100, "CUDA_ERROR_NO_DEVICE", "no device is detected").Message,
            Is.EqualTo("cuInit(0) failed: CUDA_ERROR_NO_DEVICE (100), no device is detected"));

    [Test]
    public void ALaunchIsDescribedWithItsNumbers()
    {
        using Tensor x = TestTensors.Normal([2, 3], seed: 1, TestDevices.Host);
        string text = CudaLaunchRecord.Describe(
            "Sample",
            new LaunchShape(7, 2, 1, 128, 64),
            [x, 12, -3, 0.5f, 1L << 40, KernelArgument.Pointer(255), (Tensor?)null]);
        Assert.That(text, Is.EqualTo(
            "Sample with grid (7, 2, 1), block (128), shared 64 B, arguments "
            + $"(Float32 [2, 3] at 0x{x.Address:X}, 12, -3, 0.5, 0x10000000000, 0xFF, 0x0)"));
    }

    [Test]
    public void LaunchesOfSeveralThreadsAreNotMixed()
    {
        CudaLaunchRecord record = new();
        string[] names = ["One", "Two"];
        string[] whole = Array.ConvertAll(names, name => CudaLaunchRecord.Describe(name, null, ArgumentsOf(name)));
        record.Set(names[0], null, ArgumentsOf(names[0]));
        bool isDone = false;
        Thread[] threads = Array.ConvertAll(names, name => new Thread(() =>
        {
            while (!Volatile.Read(ref isDone)) record.Set(name, null, ArgumentsOf(name));
        }));
        foreach (Thread thread in threads) thread.Start();
        string?[] seen = [.. Enumerable.Range(0, 20_000).Select(_ => record.Describe()).Distinct()];
        Volatile.Write(ref isDone, true);
        foreach (Thread thread in threads) thread.Join();
        Assert.That(seen, Is.SubsetOf(whole));

        static KernelArgument[] ArgumentsOf(string name) =>
            name == "One" ? [1] : [2, 2, 2, 2, 2, 2, 2, 2];
    }

    private static CUresult Same(CUresult status) => status;
}
