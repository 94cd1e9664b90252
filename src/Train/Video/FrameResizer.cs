namespace GenKernels.Train.Video;

/// <summary>Resizes frames of one size to another, or a part of them, filtering along rows first.</summary>
/// <remarks>
/// Rounds to 8 bits after each of the two passes, like Pillow, and matches its pixels exactly. Not thread-safe.
/// </remarks>
public sealed class FrameResizer
{
    private const int Half = 1 << (ResamplingWeights.FractionBits - 1);

    private readonly int _frameWidth;
    private readonly int _frameBytes;
    private readonly int _width;
    private readonly int _height;
    private readonly CenterCrop _crop;
    private readonly ResamplingWeights _columns;
    private readonly ResamplingWeights _rows;
    private readonly byte[] _narrowed;

    /// <summary>Crops the middle of the frame to the aspect ratio of the result, in whole pixels; Lanczos
    /// filter.</summary>
    /// <param name="frameWidth">Columns of the frame; positive.</param>
    /// <param name="frameHeight">Rows of the frame; positive.</param>
    /// <param name="width">Columns of the result; positive.</param>
    /// <param name="height">Rows of the result; positive.</param>
    public FrameResizer(int frameWidth, int frameHeight, int width, int height)
        : this(frameWidth, frameHeight, CenterCrop.Of(frameWidth, frameHeight, width, height), width, height)
    {
    }

    /// <summary>Resizes a part of the frame; at its edges the filter reads the pixels around it.</summary>
    /// <param name="frameWidth">Columns of the frame; positive.</param>
    /// <param name="frameHeight">Rows of the frame; positive.</param>
    /// <param name="box">The part, within the frame; of any aspect ratio.</param>
    /// <param name="width">Columns of the result; positive.</param>
    /// <param name="height">Rows of the result; positive.</param>
    /// <param name="filter">The resampling filter.</param>
    /// <exception cref="ArgumentException">The box is empty or not within the frame.</exception>
    public FrameResizer(
        int frameWidth, int frameHeight, FrameBox box, int width, int height,
        ResizeFilter filter = ResizeFilter.Lanczos)
        : this(frameWidth, frameHeight, new CenterCrop(0, 0, frameWidth, frameHeight), box, width, height, filter)
    {
    }

    /// <param name="crop">The part of the frame to resize.</param>
    internal FrameResizer(int frameWidth, int frameHeight, CenterCrop crop, int width, int height)
        : this(
            frameWidth, frameHeight, crop, new FrameBox(0, 0, crop.Width, crop.Height), width, height,
            ResizeFilter.Lanczos)
    {
    }

    private FrameResizer(
        int frameWidth, int frameHeight, CenterCrop crop, FrameBox box, int width, int height, ResizeFilter filter)
    {
        bool isWithin = box.Left >= 0 && box.Top >= 0 && box.Right <= crop.Width && box.Bottom <= crop.Height
            && box.Left < box.Right && box.Top < box.Bottom;
        if (!isWithin) throw new ArgumentException($"there is no {box} in a frame of {crop.Width}x{crop.Height}");
        _frameWidth = frameWidth;
        _frameBytes = checked(frameWidth * frameHeight * 3);
        (_crop, _width, _height) = (crop, width, height);
        _columns = new ResamplingWeights(crop.Width, box.Left, box.Right, width, filter);
        _rows = new ResamplingWeights(crop.Height, box.Top, box.Bottom, height, filter);
        _narrowed = new byte[crop.Height * width * 3];
    }

    /// <summary>Resizes the whole frame, without keeping its aspect ratio.</summary>
    /// <inheritdoc cref="FrameResizer(int, int, FrameBox, int, int, ResizeFilter)" path="/param"/>
    public static FrameResizer Whole(
        int frameWidth, int frameHeight, int width, int height, ResizeFilter filter = ResizeFilter.Lanczos) =>
        new(frameWidth, frameHeight, new FrameBox(0, 0, frameWidth, frameHeight), width, height, filter);

    /// <param name="frame">The frame, <c>[H, W, 3]</c> in its original size.</param>
    /// <param name="resized">Receives <c>[H, W, 3]</c> in the new size.</param>
    /// <exception cref="ArgumentException">A buffer's length does not fit the size.</exception>
    public void Resize(ReadOnlySpan<byte> frame, Span<byte> resized)
    {
        if (frame.Length != _frameBytes || resized.Length != _width * _height * 3)
        {
            throw new ArgumentException($"needs {_frameBytes} bytes in and {_width * _height * 3} out, "
                + $"got {frame.Length} and {resized.Length}");
        }
        int narrowBytes = _width * 3;
        for (int row = 0; row < _crop.Height; row++)
        {
            int start = ((_crop.Top + row) * _frameWidth + _crop.Left) * 3;
            Narrow(frame.Slice(start, _crop.Width * 3), _narrowed.AsSpan(row * narrowBytes, narrowBytes));
        }
        for (int row = 0; row < _height; row++)
        {
            Span<byte> rows = _narrowed.AsSpan(_rows.First(row) * narrowBytes);
            Mix(rows, _rows.Of(row), resized.Slice(row * narrowBytes, narrowBytes));
        }
    }

    /// <summary>Filters one row: every output pixel is a weighted sum of pixels of the row.</summary>
    private void Narrow(ReadOnlySpan<byte> row, Span<byte> narrowed)
    {
        for (int x = 0; x < _width; x++)
        {
            ReadOnlySpan<int> weights = _columns.Of(x);
            ReadOnlySpan<byte> pixels = row.Slice(_columns.First(x) * 3, weights.Length * 3);
            int red = Half, green = Half, blue = Half;
            for (int i = 0; i < weights.Length; i++)
            {
                red += pixels[3 * i] * weights[i];
                green += pixels[3 * i + 1] * weights[i];
                blue += pixels[3 * i + 2] * weights[i];
            }
            (narrowed[3 * x], narrowed[3 * x + 1], narrowed[3 * x + 2]) = (Pixel(red), Pixel(green), Pixel(blue));
        }
    }

    /// <summary>Filters down the columns: one output row is a weighted sum of rows of the narrowed frame.</summary>
    private static void Mix(ReadOnlySpan<byte> rows, ReadOnlySpan<int> weights, Span<byte> mixed)
    {
        for (int i = 0; i < mixed.Length; i++)
        {
            int sum = Half;
            for (int row = 0; row < weights.Length; row++) sum += rows[row * mixed.Length + i] * weights[row];
            mixed[i] = Pixel(sum);
        }
    }

    private static byte Pixel(int sum) => (byte)Math.Clamp(sum >> ResamplingWeights.FractionBits, 0, 255);
}
