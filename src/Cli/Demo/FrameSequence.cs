using GenKernels.Train.Metrics;
using GenKernels.Train.Video;

namespace GenKernels.Cli.Demo;

/// <summary>A video in memory, for the report to show and measure.</summary>
/// <param name="width">Columns of a frame.</param>
/// <param name="height">Rows of a frame.</param>
/// <param name="frameRate">Frames per second.</param>
internal sealed class FrameSequence(int width, int height, double frameRate)
{
    private readonly List<byte[]> _frames = [];

    /// <summary>Columns of a frame.</summary>
    internal int Width => width;

    /// <summary>Rows of a frame.</summary>
    internal int Height => height;

    /// <summary>Frames per second.</summary>
    internal double FrameRate => frameRate;

    /// <summary>Number of frames so far.</summary>
    internal int Count => _frames.Count;

    /// <summary>Length of the video in seconds.</summary>
    internal double Seconds => Count / frameRate;

    /// <param name="rgb"><c>[H, W, 3]</c>; copied.</param>
    internal void Add(ReadOnlySpan<byte> rgb) => _frames.Add(rgb.ToArray());

    /// <returns>Evenly spread frames, including the first and last, each as a PNG with its time in seconds.</returns>
    /// <param name="count">Number of frames, at least 2.</param>
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

    /// <summary>Writes the video to a file, each pixel drawn as a square.</summary>
    /// <param name="path">Path of the file; its extension selects the format.</param>
    /// <param name="scale">Side of the square.</param>
    /// <param name="stop">Ends it early.</param>
    internal void Save(string path, int scale, CancellationToken stop = default)
    {
        using IVideoWriter writer = VideoWriter.Create(path, width, height, new VideoWriterOptions(frameRate, scale));
        foreach (byte[] frame in _frames) writer.AddFrame(frame);
        writer.Complete(stop: stop);
    }

    /// <summary>Colour similarity of two frames by the distance between them, averaged over first frames.</summary>
    /// <param name="startInterval">Distance between first frames, which lie in the first half of the video.</param>
    /// <returns>The similarity at distances of 0, 1, 2 and so on, up to half the video.</returns>
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
