using GenKernels.Tests.Train.Video;
using GenKernels.Train.Metrics;
using GenKernels.Train.Video;

namespace GenKernels.Tests.Train.Metrics;

public sealed class ColorSimilarityTests
{
    [Test]
    public void SimilarityMatchesTheFormula()
    {
        const int Frames = 5;
        const int Pixels = 9 * 16;
        Random random = new(7);
        float[] video = new float[Frames * Pixels * 3];
        for (int i = 0; i < video.Length; i++) video[i] = (float)(0.15 * random.NextDouble() - 0.05);
        double[] actual = ColorSimilarity.OverTime(video, Frames);
        for (int t = 0; t < Frames; t++)
        {
            Dictionary<(int, int, int), int> counts = Bins(video, t, Pixels);
            int common = Bins(video, 0, Pixels).Sum(bin => Math.Min(bin.Value, counts.GetValueOrDefault(bin.Key)));
            Assert.That(actual[t], Is.EqualTo((double)common / Pixels), $"frame {t}");
        }
        Assert.That(actual[1..], Is.All.InRange(0.05, 0.95), "the case says something");
    }

    [TestCase(-1f, -0.95f, 1)]        // the end bin is half as wide: it ends at -1 + 1/19 = -0.947
    [TestCase(-1f, -0.94f, 0)]
    [TestCase(1f, 0.95f, 1)]
    [TestCase(1f, 0.94f, 0)]
    [TestCase(1f, 5f, 1)]             // beyond the range counts as its end
    [TestCase(0.0001f, 0.1f, 1)]      // bins 10 = [0, 2/19)
    [TestCase(-0.0001f, 0.0001f, 0)]
    public void ValuesInOneBinAreAlike(float first, float later, double similarity) =>
        Assert.That(ColorSimilarity.OverTime([first, 0.5f, 0.5f, later, 0.5f, 0.5f], 2)[1], Is.EqualTo(similarity));

    [Test]
    public void TheOrderOfPixelsDoesNotMatter()
    {
        float[] frame = [-1, 0, 1, 0.5f, 0.2f, -0.7f];
        float[] turned = [0.5f, 0.2f, -0.7f, -1, 0, 1];
        Assert.That(new ColorSimilarity(frame).Of(turned), Is.EqualTo(1));
    }

    [Test]
    public void ARealClipDriftsAwayFromItsFirstFrame()
    {
        using VideoReader reader = VideoReader.Open(Assets.Coast);
        byte[] rgb = new byte[reader.Description.FrameBytes];
        float[] values = new float[rgb.Length];
        List<double> similarities = [];
        ColorSimilarity? similarity = null;
        while (reader.ReadFrame(rgb))
        {
            FrameConversion.ToValues(rgb, values);
            similarity ??= new ColorSimilarity(values);
            similarities.Add(similarity.Of(values));
        }
        Assert.Multiple(() =>
        {
            Assert.That(similarities[0], Is.EqualTo(1));
            Assert.That(similarities[1], Is.GreaterThan(0.9));
            Assert.That(similarities[^1], Is.InRange(0.3, similarities[1]));
        });
    }

    [Test]
    public void AFrameOfAnotherSizeIsRefused() =>
        Assert.That(() => new ColorSimilarity(new float[6]).Of(new float[9]),
            Throws.ArgumentException.With.Message.EqualTo("needs a frame of 2 pixels, got 9 values"));

    private static Dictionary<(int, int, int), int> Bins(float[] video, int frame, int pixels) =>
        Enumerable.Range(frame * pixels, pixels)
            .GroupBy(i => (Bin(video[3 * i]), Bin(video[3 * i + 1]), Bin(video[3 * i + 2])))
            .ToDictionary(group => group.Key, group => group.Count());

    private static int Bin(float value) => (int)Math.Floor((value / 2 + 0.5f) * 19 + 0.5f);
}
