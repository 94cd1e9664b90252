using GenKernels.Train.Data;

namespace GenKernels.Tests.Train.Data;

public sealed class ClipSamplerTests
{
    private TemporaryFolder _folder = null!;
    private VideoDataset _dataset = null!;

    [OneTimeSetUp]
    public void MakeADataset()
    {
        _folder = new TemporaryFolder();
        _dataset = TinyDataset.Open(_folder.Path, ("a", 5), ("b", 9), ("c", 3), ("d", 12), ("e", 4));
    }

    [OneTimeTearDown]
    public void RemoveTheDataset()
    {
        _dataset.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void EveryEpochVisitsEveryVideoOnce()
    {
        ClipSampler sampler = new(_dataset, sequenceLength: 3, flipHorizontally: false, seed: 1);
        List<string> orders = [];
        for (int epoch = 0; epoch < 20; epoch++)
        {
            int[] videos = [.. Enumerable.Range(5 * epoch, 5).Select(i => sampler.Sample(i).Video)];
            Assert.That(videos.Order(), Is.EqualTo(new[] { 0, 1, 2, 3, 4 }));
            orders.Add(string.Join(' ', videos));
        }
        Assert.That(orders.Distinct().Count(), Is.GreaterThan(12), "each in another order");
    }

    [Test]
    public void EveryVideoComesFirstEquallyOften()
    {
        ClipSampler sampler = new(_dataset, sequenceLength: 3, flipHorizontally: false, seed: 2);
        int[] counts = Count(5, Enumerable.Range(0, 5000).Select(epoch => sampler.Sample(5L * epoch).Video));
        Assert.That(counts, Is.All.EqualTo(1000).Within(150));  // five standard deviations
    }

    [Test]
    public void EveryStartIsEquallyLikely()
    {
        ClipSampler sampler = new(_dataset, sequenceLength: 5, flipHorizontally: false, seed: 3);
        int video = 3;  // 12 frames: 8 starts
        IEnumerable<Clip> clips = Enumerable.Range(0, 24_000).Select(i => sampler.Sample(i));
        int[] starts = [.. clips.Where(clip => clip.Video == video).Select(clip => clip.Start)];
        Assert.That(starts, Has.Length.EqualTo(8000));
        Assert.That(Count(8, starts), Is.All.EqualTo(1000).Within(150));  // five standard deviations
    }

    [Test]
    public void HalfTheClipsAreMirroredWhenAsked()
    {
        ClipSampler mirrored = new(_dataset, sequenceLength: 3, flipHorizontally: true, seed: 4);
        ClipSampler straight = new(_dataset, sequenceLength: 3, flipHorizontally: false, seed: 4);
        Clip[] clips = [.. Enumerable.Range(0, 4000).Select(i => mirrored.Sample(i))];
        Clip[] others = [.. Enumerable.Range(0, 4000).Select(i => straight.Sample(i))];
        Assert.Multiple(() =>
        {
            int count = clips.Count(clip => clip.FlipHorizontally);
            Assert.That(count, Is.EqualTo(2000).Within(160));  // five standard deviations
            Assert.That(others.Any(clip => clip.FlipHorizontally), Is.False);
            Assert.That(others, Is.EqualTo(clips.Select(clip => clip with { FlipHorizontally = false })));
        });
    }

    [Test]
    public void AClipDependsOnSeedAndIndexAlone()
    {
        ClipSampler forwards = new(_dataset, sequenceLength: 3, flipHorizontally: true, seed: 5);
        ClipSampler backwards = new(_dataset, sequenceLength: 3, flipHorizontally: true, seed: 5);
        Clip[] expected = [.. Enumerable.Range(0, 100).Select(i => forwards.Sample(i))];
        Clip[] actual = [.. Enumerable.Range(0, 100).Reverse().Select(i => backwards.Sample(i)).Reverse()];
        Assert.That(actual, Is.EqualTo(expected));
    }

    [Test]
    public void AnotherSeedGivesOtherClips()
    {
        ClipSampler one = new(_dataset, sequenceLength: 3, flipHorizontally: true, seed: 6);
        ClipSampler other = new(_dataset, sequenceLength: 3, flipHorizontally: true, seed: 7);
        int same = Enumerable.Range(0, 200).Count(i => one.Sample(i) == other.Sample(i));
        Assert.That(same, Is.LessThan(40));  // 1 in 5 by chance for the video, less for start and flip
    }

    [Test]
    public void TheHashIsThatOfSplitMix64()
    {
        // With both scrambles of seed and stream written out: the SplitMix64 sequence from that start.
        ulong start = Scramble(Scramble(11 + 0x9E3779B97F4A7C15) + 5 + 0x9E3779B97F4A7C15);
        for (ulong i = 0; i < 10; i++)
        {
            start += 0x9E3779B97F4A7C15;
            Assert.That(SplitMix.Bits(seed: 11, stream: 5, index: i), Is.EqualTo(Scramble(start)));
        }
    }

    [Test]
    public void ShortVideosAreLeftOut()
    {
        ClipSampler sampler = new(_dataset, sequenceLength: 9, flipHorizontally: false, seed: 8);
        Clip[] clips = [.. Enumerable.Range(0, 50).Select(i => sampler.Sample(i))];
        Assert.Multiple(() =>
        {
            Assert.That(sampler.VideoCount, Is.EqualTo(2));
            Assert.That(clips.Select(clip => clip.Video).Distinct().Order(), Is.EqualTo(new[] { 1, 3 }));
            Assert.That(clips.Where(clip => clip.Video == 1).Select(clip => clip.Start), Is.All.Zero);
        });
    }

    [Test]
    public void AClipLongerThanEveryVideoNamesTheLongest() =>
        Assert.That(() => new ClipSampler(_dataset, sequenceLength: 13, flipHorizontally: false, seed: 1),
            Throws.TypeOf<DatasetException>()
                .With.Message.EndsWith("videos must have at least 13 frames; the longest, d, has 12"));

    private static int[] Count(int bins, IEnumerable<int> values)
    {
        int[] counts = new int[bins];
        foreach (int value in values) counts[value]++;
        return counts;
    }

    private static ulong Scramble(ulong x)
    {
        x ^= x >> 30;
        x *= 0xBF58476D1CE4E5B9;
        x ^= x >> 27;
        x *= 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
