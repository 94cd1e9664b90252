using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;

namespace GenKernels.Tests.Models.LongVideo;

/// <summary>Several threads at once: sharing one generator, or each with a device of its own.</summary>
public sealed class SharedGeneratorTests
{
    private const int ThreadCount = 4, FrameCount = 40;

    [Test]
    public void OneGeneratorMakesVideosOnSeveralThreads()
    {
        using LowResolutionGenerator generator = Generator(TestDevices.Usual);
        Func<int, float[]> make = seed => Video(generator, seed, TestDevices.Usual);
        float[][] alone = [.. Enumerable.Range(0, ThreadCount).Select(make)], together = OnThreads(make);
        Assert.That(together, Is.EqualTo(alone));
        Assert.That(alone, Is.Unique);
    }

    [Test]
    public void DevicesInOneProcessDoNotDisturbEachOther()
    {
        float[] host = OwnVideo(() => new HostDevice()), simt = OwnVideo(() => new SimtDevice());
        float[][] together = OnThreads(index => OwnVideo(() => index % 2 == 0 ? new HostDevice() : new SimtDevice()));
        for (int index = 0; index < ThreadCount; index++)
        {
            Assert.That(together[index], Is.EqualTo(index % 2 == 0 ? host : simt), $"device {index}");
        }
    }

    private static float[] OwnVideo(Func<Device> open)
    {
        using Device device = open();
        using LowResolutionGenerator generator = Generator(device);
        return Video(generator, seed: 3, device);
    }

    private static LowResolutionGenerator Generator(Device device)
    {
        using Initializer initializer = new(device, seed: 1);
        return new LowResolutionGenerator(SmallestPreset.Preset.Generator, initializer);
    }

    private static float[] Video(LowResolutionGenerator generator, int seed, Device device)
    {
        using VideoSegments segments = new(generator, (ulong)seed, device);
        return segments.Next(0, FrameCount);
    }

    private static float[][] OnThreads(Func<int, float[]> make)
    {
        float[][] made = new float[ThreadCount][];
        Exception? fault = null;
        Thread[] threads = new Thread[ThreadCount];
        using Barrier start = new(ThreadCount);
        for (int index = 0; index < ThreadCount; index++)
        {
            int own = index;
            threads[own] = new Thread(() =>
            {
                start.SignalAndWait();
                try
                {
                    made[own] = make(own);
                }
                catch (Exception thrown)
                {
                    fault = thrown;
                }
            });
            threads[own].Start();
        }

        foreach (Thread thread in threads) thread.Join();
        Assert.That(fault, Is.Null);
        return made;
    }
}
