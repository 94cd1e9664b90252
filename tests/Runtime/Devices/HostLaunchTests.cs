using System.Diagnostics;

namespace GenKernels.Tests.Runtime.Devices;

/// <summary>A launch runs every block exactly once, however many cores share it.</summary>
public sealed class HostLaunchTests
{
    private static readonly KernelSource s_source =
        new("Probes/Grid.cu", typeof(HostLaunchTests).Assembly, [ElementType.Float32]);

    [Test]
    public void EveryBlockRunsOnce([Values(1, 2, 3, 8)] int coreCount, [Values(0, 300)] int work)
    {
        using HostDevice device = new(coreCount: coreCount);
        Assert.That(device.ProcessorCount, Is.EqualTo(coreCount));
        foreach (int blocks in new[] { 1, 2, 7, 63, 64, 65, 5000 })
        {
            Check(device, new LaunchShape(blocks, 1, 1, 1), work);
        }
        Check(device, new LaunchShape(3, 5, 7, 1), work);
        Check(device, new LaunchShape(1, 1, 9, 1), work);
    }

    [Test]
    public void EveryBlockRunsOnceOnFibersToo()
    {
        using SimtDevice device = new(coreCount: 3);
        Check(device, new LaunchShape(3, 5, 7, 33), work: 1);
    }

    [Test]
    public void LaunchesOfSeveralThreadsDoNotMix()
    {
        using HostDevice device = new(coreCount: 3);
        Parallel.For(0, 4, _ =>
        {
            for (int turn = 0; turn < 20; turn++) Check(device, new LaunchShape(100, 1, 1, 1), work: 50);
        });
        Assert.That(device.LaunchCount, Is.EqualTo(80));
    }

    [Test]
    public void ShortLaunchesFollowLongOnes()
    {
        using HostDevice device = new(coreCount: 2);
        for (int turn = 0; turn < 50; turn++)
        {
            Check(device, new LaunchShape(64, 1, 1, 1), work: 2000);
            Check(device, new LaunchShape(2, 1, 1, 1), work: 0);
        }
    }

    [TestCase(1)]
    [TestCase(2)]
    public void TheTimeInKernelsGrowsByThatOfALaunch(int coreCount)
    {
        using HostDevice device = new(coreCount: coreCount);
        Assert.That(device.KernelTime, Is.EqualTo(TimeSpan.Zero));
        long begun = Stopwatch.GetTimestamp();
        Check(device, new LaunchShape(64, 1, 1, 1), work: 20_000);
        TimeSpan taken = Stopwatch.GetElapsedTime(begun);
        Assert.That(device.KernelTime, Is.GreaterThan(TimeSpan.Zero).And.LessThan(taken));
    }

    [Test]
    public void EveryTypeOfArgumentArrives()
    {
        using HostDevice device = new(coreCount: 1);
        using Tensor y = Tensor.Zeros([1], ElementType.Float32, device);
        device.Load(s_source, ElementType.Float32).Kernel("GridTypes")
            .Launch(new LaunchShape(1, 1, 1, 1), y, -3, 1L << 20, 0.5f, 0.25);
        Assert.That(y.ToArray<float>(), Is.EqualTo(new[] { (1 << 20) - 3 + 0.75f }));
    }

    [Test]
    public void ADeviceCanBeDisposedTwiceAndLaunchesNoMore()
    {
        HostDevice device = new(coreCount: 2);
        Kernel kernel = device.Load(s_source, ElementType.Float32).Kernel("GridTypes");
        device.Dispose();
        device.Dispose();
        Assert.That(
            () => kernel.Launch(new LaunchShape(1, 1, 1, 1), KernelArgument.Pointer(0), 1, 1L, 1f, 1.0),
            Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void ThreadsMayDisposeADeviceAtTheSameTime()
    {
        for (int turn = 0; turn < 100; turn++)
        {
            HostDevice device = new(coreCount: 3);
            Assert.That(() => Parallel.For(0, 4, _ => device.Dispose()), Throws.Nothing);
        }
    }

    private static void Check(Device device, LaunchShape shape, int work)
    {
        int count = (int)shape.BlockCount;
        using Tensor visits = Tensor.Zeros([count], ElementType.Float32, device);
        using Tensor where = Tensor.Zeros([count, 3], ElementType.Float32, device);
        device.Load(s_source, ElementType.Float32).Kernel("GridVisits").Launch(shape, visits, where, work);
        Assert.That(visits.ToArray<float>(), Has.All.EqualTo(1f), shape.ToString());
        float[] places = where.ToArray<float>();
        for (int block = 0; block < count; block++)
        {
            float[] expected =
                [block % shape.GridX, block / shape.GridX % shape.GridY, block / shape.GridX / shape.GridY];
            if (places.AsSpan(3 * block, 3).SequenceEqual(expected)) continue;
            Assert.Fail($"{shape}: block {block} lay at {string.Join(", ", places[(3 * block)..((3 * block) + 3)])}");
        }
    }
}
