using GenKernels.Train.Data;

namespace GenKernels.Tests.Train.Data;

public sealed class FrameCacheTests
{
    [Test]
    public void FramesAreKeptUntilTheCapacityIsReached()
    {
        FrameCache cache = new([2, 3], capacity: 7);
        cache.Keep(0, 1, [1, 2, 3]);
        cache.Keep(1, 2, [4, 5, 6]);
        cache.Keep(1, 0, [7, 8, 9]);
        byte[] rgb = new byte[3];
        Assert.Multiple(() =>
        {
            Assert.That(cache.TryRead(0, 1, rgb), Is.True);
            Assert.That(rgb, Is.EqualTo(new byte[] { 1, 2, 3 }));
            Assert.That(cache.TryRead(1, 0, rgb), Is.False, "9 bytes would be more than 7");
            Assert.That(cache.TryRead(0, 0, rgb), Is.False);
        });
    }

    [Test]
    public void AFrameThatIsKeptTwiceCountsOnce()
    {
        FrameCache cache = new([2], capacity: 6);
        for (int i = 0; i < 5; i++) cache.Keep(0, 0, [1, 2, 3]);
        cache.Keep(0, 1, [4, 5, 6]);
        Assert.That(cache.TryRead(0, 1, new byte[3]), Is.True);
    }
}
