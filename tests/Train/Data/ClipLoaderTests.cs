using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GenKernels.Train.Data;

namespace GenKernels.Tests.Train.Data;

public sealed class ClipLoaderTests
{
    private const int FrameLength = TinyDataset.Height * TinyDataset.Width * 3;

    private TemporaryFolder _folder = null!;
    private VideoDataset _dataset = null!;

    [OneTimeSetUp]
    public void MakeADataset()
    {
        _folder = new TemporaryFolder();
        _dataset = TinyDataset.Open(_folder.Path, ("a", 5), ("b", 9), ("c", 12));
    }

    [OneTimeTearDown]
    public void RemoveTheDataset()
    {
        _dataset.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void ABatchHoldsTheSampledClips()
    {
        ClipSampler sampler = new(_dataset, sequenceLength: 4, flipHorizontally: true, seed: 1);
        using ClipLoader loader = new(sampler, batchSize: 3);
        byte[] rgb = new byte[FrameLength];
        for (int batch = 0; batch < 4; batch++)
        {
            Assert.That(loader.NextIndex, Is.EqualTo(3 * batch));
            float[] values = loader.Next().ToArray();
            Assert.That(values, Has.Length.EqualTo(3 * 4 * FrameLength));
            for (int i = 0; i < 3 * 4; i++)
            {
                Clip clip = sampler.Sample(3 * batch + i / 4);
                _dataset.ReadFrame(clip.Video, clip.Start + i % 4, rgb);
                float[] expected =
                    [.. Enumerable.Range(0, FrameLength).Select(at => Value(rgb, at, clip.FlipHorizontally))];
                float[] actual = values[(i * FrameLength)..((i + 1) * FrameLength)];
                Assert.That(actual, Is.EqualTo(expected), $"frame {i} of batch {batch}");
            }
        }
    }

    [Test]
    public void BatchesDoNotDependOnThePrefetch()
    {
        float[][] one = Take(batches: 6, prefetch: 1);
        float[][] four = Take(batches: 6, prefetch: 4);
        Assert.That(four, Is.EqualTo(one));
    }

    [Test]
    public void ALoaderGoesOnFromAnIndex()
    {
        ClipSampler sampler = new(_dataset, sequenceLength: 4, flipHorizontally: true, seed: 2);
        float[][] whole = Take(batches: 6, prefetch: 2);
        using ClipLoader stopped = new(sampler, batchSize: 2);
        for (int i = 0; i < 3; i++) stopped.Next();
        using ClipLoader resumed = new(new ClipSampler(_dataset, 4, true, seed: 2), batchSize: 2, stopped.NextIndex);
        for (int i = 3; i < 6; i++) Assert.That(resumed.Next().ToArray(), Is.EqualTo(whole[i]));
    }

    [Test]
    public void BuffersAreUsedAgain()
    {
        ClipSampler sampler = new(_dataset, sequenceLength: 4, flipHorizontally: true, seed: 2);
        using ClipLoader loader = new(sampler, batchSize: 2, prefetch: 2);
        ref float first = ref MemoryMarshal.GetReference(loader.Next());
        loader.Next();
        loader.Next();
        Assert.That(Unsafe.AreSame(ref first, ref MemoryMarshal.GetReference(loader.Next())), Is.True);
    }

    [Test]
    public void ADamagedFrameIsReportedByNextAndEveryLaterOne()
    {
        using TemporaryFolder folder = new();
        string path = TinyDataset.WritePartition(folder.Path, 0, [("one", 4)]);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf("one/frame_000002.jpg"u8) + 200] ^= 0x55;
        File.WriteAllBytes(path, bytes);
        using VideoDataset dataset = VideoDataset.Open(folder.Path, TinyDataset.Height, TinyDataset.Width);
        using ClipLoader loader = new(new ClipSampler(dataset, 4, false, seed: 1), batchSize: 1);
        for (int i = 0; i < 2; i++)
        {
            Assert.That(() => loader.Next().Length,
                Throws.TypeOf<DatasetException>().With.Message.Contains("entry one/frame_000002.jpg"));
        }
    }

    [Test]
    public void ALoaderCanBeDisposedAtWorkAndTwice()
    {
        ClipLoader loader = new(new ClipSampler(_dataset, 4, true, seed: 3), batchSize: 16, prefetch: 4);
        loader.Next();
        loader.Dispose();
        loader.Dispose();
        Assert.That(() => loader.Next().Length, Throws.TypeOf<ObjectDisposedException>());
    }

    private float[][] Take(int batches, int prefetch)
    {
        using ClipLoader loader = new(new ClipSampler(_dataset, 4, true, seed: 2), batchSize: 2, prefetch: prefetch);
        return [.. Enumerable.Range(0, batches).Select(_ => loader.Next().ToArray())];
    }

    private static float Value(byte[] rgb, int at, bool flip)
    {
        (int y, int x, int channel) = (at / 3 / TinyDataset.Width, at / 3 % TinyDataset.Width, at % 3);
        if (flip) x = TinyDataset.Width - 1 - x;
        return 2f * rgb[(y * TinyDataset.Width + x) * 3 + channel] / 255f - 1f;
    }
}
