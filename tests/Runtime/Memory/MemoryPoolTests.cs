using System.Runtime.CompilerServices;

namespace GenKernels.Tests.Runtime.Memory;

public sealed class MemoryPoolTests
{
    private HostDevice _device = null!;

    private MemoryStatistics Now => _device.Memory.Statistics();

    [SetUp]
    public void Open() => _device = new HostDevice(coreCount: 1);

    [TearDown]
    public void Close() => _device.Dispose();

    [Test]
    public void AFreedBlockServesTheNextRequestOfItsSize()
    {
        Tensor first = Bytes(10_000);
        nint address = first.Address;
        first.Dispose();
        Assert.That((Now.Live, Now.Cached, Now.LiveBuffers), Is.EqualTo((0L, 10_240L, 0)));
        using Tensor second = Bytes(10_001);
        Assert.That(second.Address, Is.EqualTo(address));
        Assert.That((Now.Live, Now.Cached, Now.LiveBuffers), Is.EqualTo((10_240L, 0L, 1)));
    }

    [TestCase(0, 512)]
    [TestCase(1, 512)]
    [TestCase(512, 512)]
    [TestCase(513, 1024)]
    [TestCase(1 << 20, 1 << 20)]
    [TestCase((1 << 20) + 1, (1 << 20) + (1 << 17))]
    [TestCase((1 << 21) - 1, 1 << 21)]
    public void SizesAreRoundedUpByAnEighthAtMost(int bytes, long block)
    {
        using Tensor tensor = Bytes(bytes);
        Assert.That(Now.Live, Is.EqualTo(block));
    }

    [Test]
    public void AddressesAreAligned()
    {
        using Tensor one = Bytes(1);
        using Tensor two = Bytes(70_000);
        Assert.That((one.Address % 64, two.Address % 64), Is.EqualTo(((nint)0, (nint)0)));
    }

    [Test]
    public void ThePeakIsTheMostThatWasLive()
    {
        using (Tensor first = Bytes(1024))
        using (Tensor second = Bytes(2048))
        {
        }

        Assert.That((Now.Peak, Now.Live), Is.EqualTo((3072L, 0L)));
        using Tensor third = Bytes(512);
        _device.Memory.ResetPeak();
        Assert.That(Now.Peak, Is.EqualTo(512));
    }

    [Test]
    public void BeyondTheLimitTheMessageNamesTheHolders()
    {
        _device.Memory.Limit = 5_000_000;
        _device.Memory.Label = "weights";
        using Tensor weights = Bytes(3 << 20);
        _device.Memory.Label = "";
        using Tensor other = Bytes(1 << 20);
        Assert.That(
            () => Bytes(2_000_000),
            Throws.TypeOf<OutOfDeviceMemoryException>().With.Message.EqualTo(
                "host is out of memory: 2.0 MB requested, 4.2 MB in use, limit 5.0 MB; largest holders: "
                + "weights 3.1 MB in 1 buffers; (no label) 1.0 MB in 1 buffers"));
        Assert.That(Now.LiveBuffers, Is.EqualTo(2), "a refused request leaves nothing behind");
    }

    [Test]
    public void TheEnvironmentNamesTheLimitInMegabytes() =>
        Named("3", () =>
        {
            using HostDevice device = new(coreCount: 1);
            Assert.That(device.Memory.Limit, Is.EqualTo(3_000_000));
        });

    [TestCase("8GB")]
    [TestCase("8 000")]
    [TestCase("-1")]
    [TestCase("0")]
    [TestCase("99999999999")]
    public void ALimitThatIsNoNumberIsRefused(string named) =>
        Named(named, () => Assert.That(
            () => new HostDevice(coreCount: 1),
            Throws.TypeOf<DeviceUnavailableException>().With.Message.EqualTo(
                $"GENKERNELS_MEMORY must be a whole number of megabytes, got \"{named}\"")));

    [Test]
    public void NearTheLimitCachedBlocksMakeRoom()
    {
        _device.Memory.Limit = 3 << 20;
        Bytes(2 << 20).Dispose();
        using Tensor other = Bytes(3 << 20);
        Assert.That((Now.Live, Now.Cached), Is.EqualTo(((long)(3 << 20), 0L)));
    }

    [Test]
    public void TrimGivesTheCacheBack()
    {
        using Tensor kept = Bytes(4096);
        Bytes(1024).Dispose();
        _device.Memory.Trim();
        Assert.That((Now.Live, Now.Cached), Is.EqualTo((4096L, 0L)));
    }

    [Test]
    public void LabelsAreThoseOfTheThread()
    {
        _device.Memory.Label = "here";
        using Tensor first = Bytes(512);
        Tensor? second = null;
        Thread thread = new(() =>
        {
            _device.Memory.Label = "there";
            second = Bytes(1024);
        });
        thread.Start();
        thread.Join();
        Assert.That(Now.ByLabel, Is.EqualTo(new Dictionary<string, long> { ["here"] = 512, ["there"] = 1024 }));
        second!.Dispose();
    }

    [Test]
    [LeavesBuffers("a tensor is lost, to be counted")]
    public void ATensorThatIsLostIsCounted()
    {
        Lose(3000);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.That(Now.Leaked, Is.EqualTo(3072));
        using (Tensor tensor = Bytes(3000))
        {
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.That(Now.Leaked, Is.EqualTo(3072), "what is disposed is not lost");
    }

    [Test]
    public void ManyThreadsShareThePool()
    {
        Parallel.For(0, 8, seed =>
        {
            Random random = new(seed);
            for (int turn = 0; turn < 500; turn++)
            {
                using Tensor tensor = Bytes(random.Next(1, 5000));
                _device.Clear(tensor.Address, tensor.Bytes);
            }
        });
        Assert.That((Now.Live, Now.LiveBuffers), Is.EqualTo((0L, 0)));
    }

    [Test]
    public void WithTheDeviceItsTensorsAreGone()
    {
        Tensor tensor = Bytes(100);
        _device.Dispose();
        Assert.That(tensor.IsDisposed, Is.True);
        Assert.That(() => tensor.Address, Throws.TypeOf<ObjectDisposedException>());
        Assert.That(tensor.Dispose, Throws.Nothing);
    }

    [Test]
    public void AScopeMayOutliveItsDevice()
    {
        TensorScope scope = _device.Scope();
        Tensor tensor = Bytes(100);
        _device.Dispose();
        Assert.That(scope.Dispose, Throws.Nothing);
        Assert.That(tensor.IsDisposed, Is.True);
    }

    [Test]
    public void ADisposedDeviceMakesNoTensors()
    {
        _device.Dispose();
        Assert.That(
            () => Bytes(100), Throws.TypeOf<ObjectDisposedException>().With.Message.Contains(nameof(HostDevice)));
    }

    private static void Named(string limit, Action test)
    {
        string? before = Environment.GetEnvironmentVariable("GENKERNELS_MEMORY");
        Environment.SetEnvironmentVariable("GENKERNELS_MEMORY", limit);
        try
        {
            test();
        }
        finally
        {
            Environment.SetEnvironmentVariable("GENKERNELS_MEMORY", before);
        }
    }

    private Tensor Bytes(int count) => Tensor.Empty([count], ElementType.UInt8, _device);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Lose(int count) => Bytes(count);
}
