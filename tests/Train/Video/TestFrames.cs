namespace GenKernels.Tests.Train.Video;

/// <summary>Frames <c>[H, W, 3]</c> with known pixels.</summary>
public static class TestFrames
{
    /// <summary>Soft gradients: red to the right, green downwards, blue with the index.</summary>
    public static byte[] Gradient(int width, int height, int index)
    {
        byte[] rgb = new byte[width * height * 3];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = (y * width + x) * 3;
                rgb[at] = (byte)(40 + 160 * x / width);
                rgb[at + 1] = (byte)(40 + 160 * y / height);
                rgb[at + 2] = (byte)(40 + 16 * index % 200);
            }
        }
        return rgb;
    }

    /// <summary>Random bytes.</summary>
    public static byte[] Noise(int width, int height, int seed)
    {
        byte[] rgb = new byte[width * height * 3];
        new Random(seed).NextBytes(rgb);
        return rgb;
    }

    /// <summary>The mean absolute difference, in levels.</summary>
    public static double MeanError(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        Assert.That(a.Length, Is.EqualTo(b.Length));
        long sum = 0;
        for (int i = 0; i < a.Length; i++) sum += Math.Abs(a[i] - b[i]);
        return (double)sum / a.Length;
    }
}
