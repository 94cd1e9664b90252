using GenKernels.Train.Metrics;
using GenKernels.Train.Video;

namespace GenKernels.Cli.Demo;

/// <summary>A video in memory: what the report shows and measures.</summary>
/// <param name="width">Columns of a frame.</param>
/// <param name="height">Rows of a frame.</param>
/// <param name="frameRate">Frames a second.</param>
internal sealed class FrameSequence(int width, int height, double frameRate)
{
    private readonly List<byte[]> _frames = [];

    /// <summary>Columns of a frame.</summary>
    internal int Width => width;

    /// <summary>Rows of a frame.</summary>
    internal int Height => height;

    /// <summary>Frames a second.</summary>
    internal double FrameRate => frameRate;

    /// <summary>Frames so far.</summary>
    internal int Count => _frames.Count;

    /// <summary>Its length.</summary>
    internal double Seconds => Count / frameRate;

    /// <param name="rgb"><c>[H, W, 3]</c>; copied.</param>
    internal void Add(ReadOnlySpan<byte> rgb) => _frames.Add(rgb.ToArray());

    /// <returns>Evenly spread frames, first and last among them, each a PNG with its moment in seconds.</returns>
    /// <param name="count">How many, at least 2.</param>
    internal IEnumerable<(double Seconds, byte[] Png)> Pick(int count)
    {
        for (int i = 0; i < count; i++)
        {
            int index = (int)((long)i * (Count - 1) / (count - 1));
            ContactSheet picture = new(1, 1, width, height);
            picture.Place(0, 0, _frames[index]);
            yield return (index / frameRate, picture.EncodePng());
        }
    }

    /// <summary>Writes it as a file, each pixel as a square.</summary>
    /// <param name="path">Its extension chooses the format.</param>
    /// <param name="scale">Side of the square.</param>
    internal void Save(string path, int scale)
    {
        using IVideoWriter writer = VideoWriter.Create(path, width, height, new VideoWriterOptions(frameRate, scale));
        foreach (byte[] frame in _frames) writer.AddFrame(frame);
        writer.Complete();
    }

    /// <summary>How alike the colours of two frames are by the time between them, averaged over first frames.</summary>
    /// <param name="startInterval">From one first frame to the next; they lie in the first half of the video.</param>
    /// <returns>For 0 frames between them, 1, and so on, to half the video.</returns>
    /// <remarks>Thesis, chapter 2, Eq. 2.1.</remarks>
    internal double[] ColorSimilarityByDistance(int startInterval)
    {
        int half = Math.Max(1, Count / 2);
        double[] sums = new double[half];
        float[] values = new float[width * height * 3];
        int starts = 0;
        for (int start = 0; start + half <= Count; start += startInterval)
        {
            ColorSimilarity similarity = new(Values(start, values));
            for (int distance = 0; distance < half; distance++)
            {
                sums[distance] += similarity.Of(Values(start + distance, values));
            }

            starts++;
        }

        return Array.ConvertAll(sums, sum => sum / starts);
    }

    private float[] Values(int index, float[] values)
    {
        FrameConversion.ToValues(_frames[index], values);
        return values;
    }
}
