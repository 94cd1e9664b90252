using GenKernels.Train.Video;

namespace GenKernels.Tests.Train.Video;

public sealed class FrameResizerTests
{
    [TestCase(64, 36, 64, 36)]
    [TestCase(64, 36, 16, 9)]
    [TestCase(50, 40, 13, 11)]
    [TestCase(16, 9, 40, 23)]
    [TestCase(97, 61, 192, 33)]
    [TestCase(1, 1, 3, 2)]
    public void PixelsFollowTheLanczosFormula(int frameWidth, int frameHeight, int width, int height)
    {
        byte[] frame = TestFrames.Noise(frameWidth, frameHeight, seed: 3);
        byte[] actual = new byte[width * height * 3];
        new FrameResizer(frameWidth, frameHeight, width, height).Resize(frame, actual);

        CenterCrop crop = CenterCrop.Of(frameWidth, frameHeight, width, height);
        for (int i = 0; i < actual.Length; i++)
        {
            (int y, int x, int channel) = (i / 3 / width, i / 3 % width, i % 3);
            double expected = Mix(crop.Height, height, y, row => Level(Mix(crop.Width, width, x,
                column => frame[((crop.Top + row) * frameWidth + crop.Left + column) * 3 + channel])));
            Assert.That(actual[i], Is.EqualTo(Level(expected)).Within(1), $"at ({y}, {x}, {channel})");  // fixed point
        }
    }

    [Test]
    public void ABoxMixesInWhatLiesAroundIt([Values] ResizeFilter filter)
    {
        byte[] frame = TestFrames.Noise(31, 22, seed: 5);
        FrameBox box = new(3.25f, 1, 29.5f, 20.75f);
        byte[] actual = new byte[9 * 13 * 3];
        new FrameResizer(31, 22, box, 13, 9, filter).Resize(frame, actual);
        for (int i = 0; i < actual.Length; i++)
        {
            (int y, int x, int channel) = (i / 3 / 13, i / 3 % 13, i % 3);
            double expected = Filtered(22, box.Top, box.Bottom, 9, y, row => Level(Filtered(
                31, box.Left, box.Right, 13, x, column => frame[(row * 31 + column) * 3 + channel], filter)), filter);
            Assert.That(actual[i], Is.EqualTo(Level(expected)).Within(1), $"at ({y}, {x}, {channel})");  // fixed point
        }
    }

    [TestCase(97, 61, 128, 192, 128)]
    [TestCase(50, 90, 64, 64, 64)]
    [TestCase(512, 512, 512, 512, 512)]
    [TestCase(4000, 3000, 512, 512, 384)]
    public void PicturesAreEditedInMultiplesOf64(int width, int height, int resolution, int wide, int high) =>
        Assert.That(EditedSize.Of(width, height, resolution), Is.EqualTo((wide, high)));

    [Test]
    public void ABoxBeyondTheFrameIsRefused() =>
        Assert.That(() => new FrameResizer(4, 2, new FrameBox(0, 0, 4.5f, 2), 2, 1),
            Throws.ArgumentException.With.Message.EndsWith("in a frame of 4x2"));

    [Test]
    public void AFrameOfItsOwnSizeStaysAsItIs()
    {
        byte[] frame = TestFrames.Noise(20, 10, seed: 4);
        byte[] resized = new byte[frame.Length];
        new FrameResizer(20, 10, 20, 10).Resize(frame, resized);
        Assert.That(resized, Is.EqualTo(frame));
    }

    [TestCase(0)]
    [TestCase(255)]
    [TestCase(77)]
    public void AFlatFrameStaysFlat(int level)
    {
        byte[] frame = new byte[320 * 180 * 3];
        Array.Fill(frame, (byte)level);
        byte[] resized = new byte[64 * 36 * 3];
        new FrameResizer(320, 180, 64, 36).Resize(frame, resized);
        Assert.That(resized, Is.All.EqualTo(level));
    }

    [Test]
    public void BuffersOfOtherLengthsAreRefused() =>
        Assert.That(() => new FrameResizer(4, 2, 2, 1).Resize(new byte[24], new byte[7]),
            Throws.ArgumentException.With.Message.EqualTo("needs 24 bytes in and 6 out, got 24 and 7"));

    private static double Level(double value) => Math.Clamp(Math.Floor(value + 0.5), 0, 255);

    private static double Mix(int inputSize, int outputSize, int place, Func<int, double> sample)
    {
        double scale = (double)inputSize / outputSize;
        double stretch = Math.Max(1, scale);
        (double sum, double total) = (0, 0);
        for (int i = 0; i < inputSize; i++)
        {
            double x = (i + 0.5 - (place + 0.5) * scale) / stretch;
            if (Math.Abs(x) >= 3) continue;
            double angle = Math.PI * x;
            double weight = x == 0 ? 1 : 3 * Math.Sin(angle) * Math.Sin(angle / 3) / (angle * angle);
            sum += weight * sample(i);
            total += weight;
        }
        return sum / total;
    }

    private static double Filtered(
        int inputSize, double start, double end, int outputSize, int place, Func<int, double> sample,
        ResizeFilter filter)
    {
        double scale = (end - start) / outputSize;
        double centre = start + (place + 0.5) * scale;
        (double sum, double total) = (0, 0);
        for (int i = 0; i < inputSize; i++)
        {
            double weight = Weight(filter, (i + 0.5 - centre) / Math.Max(1, scale));
            sum += weight * sample(i);
            total += weight;
        }
        return sum / total;
    }

    private static double Weight(ResizeFilter filter, double x)
    {
        double d = Math.Abs(x);
        return filter switch
        {
            ResizeFilter.Box => d < 0.5 ? 1 : 0,
            ResizeFilter.Bilinear => Math.Max(0, 1 - d),
            ResizeFilter.Bicubic => d < 1 ? 1.5 * d * d * d - 2.5 * d * d + 1
                : d < 2 ? -0.5 * d * d * d + 2.5 * d * d - 4 * d + 2 : 0,
            _ => d == 0 ? 1 : d < 3 ? Sinc(d) * Sinc(d / 3) : 0,
        };
    }

    private static double Sinc(double x) => Math.Sin(Math.PI * x) / (Math.PI * x);
}
