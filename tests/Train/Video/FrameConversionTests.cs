using GenKernels.Train.Video;

namespace GenKernels.Tests.Train.Video;

public sealed class FrameConversionTests
{
    [Test]
    public void EveryByteComesBack()
    {
        byte[] levels = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        float[] values = new float[256];
        byte[] back = new byte[256];
        FrameConversion.ToValues(levels, values);
        FrameConversion.ToBytes(values, back);
        Assert.Multiple(() =>
        {
            Assert.That(back, Is.EqualTo(levels));
            Assert.That(values, Is.EqualTo(levels.Select(level => 2f * level / 255f - 1f)));
        });
    }

    [TestCase(-1f, 0)]
    [TestCase(-7f, 0)]
    [TestCase(float.NegativeInfinity, 0)]
    [TestCase(float.NaN, 0)]
    [TestCase(-0.99f, 1)]  // floor(1.775)
    [TestCase(0f, 128)]
    [TestCase(-0.001f, 127)]
    [TestCase(1f, 255)]
    [TestCase(7f, 255)]
    [TestCase(float.PositiveInfinity, 255)]
    public void AValueIsFlooredAndKeptInRange(float value, int level) =>
        Assert.That(FrameConversion.ToByte(value), Is.EqualTo(level));

    [Test]
    public void UnequalLengthsAreRefused() =>
        Assert.That(() => FrameConversion.ToBytes(new float[3], new byte[4]),
            Throws.ArgumentException.With.Message.Contains("got 3 inputs and 4 outputs"));
}
