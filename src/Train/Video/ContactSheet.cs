using GenKernels.Runtime;

namespace GenKernels.Train.Video;

/// <summary>Frames of several videos in one picture, for reports: one row per video, time to the right.</summary>
public sealed class ContactSheet
{
    private const byte Background = 255;

    private readonly FrameSize _frame;
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _scale;
    private readonly int _gap;
    private readonly byte[] _pixels;

    /// <param name="rows">Number of videos; positive.</param>
    /// <param name="columns">Frames of each video; positive.</param>
    /// <param name="frameWidth">Columns of a frame, in pixels; positive.</param>
    /// <param name="frameHeight">Rows of a frame, in pixels; positive.</param>
    /// <param name="scale">Integer zoom: every pixel becomes a square with sides of this many pixels; at least
    /// 1.</param>
    /// <param name="gap">White pixels between frames; not negative.</param>
    public ContactSheet(int rows, int columns, int frameWidth, int frameHeight, int scale = 1, int gap = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameWidth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameHeight);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        _frame = new FrameSize(frameWidth, frameHeight);
        (_rows, _columns, _scale, _gap) = (rows, columns, scale, gap);
        Width = checked(columns * (frameWidth * scale + gap) - gap);
        Height = checked(rows * (frameHeight * scale + gap) - gap);
        _pixels = new byte[checked(Width * Height * 3)];
        Array.Fill(_pixels, Background);
    }

    /// <summary>Columns of the sheet, in pixels.</summary>
    public int Width { get; }

    /// <summary>Rows of the sheet, in pixels.</summary>
    public int Height { get; }

    /// <summary>The sheet, <c>[Height, Width, 3]</c>; white where no frame was placed.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <param name="row">Index of the video, from 0.</param>
    /// <param name="column">Index of the frame in the sheet's row, from 0.</param>
    /// <param name="rgb">The frame, <c>[H, W, 3]</c>.</param>
    /// <exception cref="ArgumentException">The frame has another size, or row or column is outside the
    /// sheet.</exception>
    public void Place(int row, int column, ReadOnlySpan<byte> rgb)
    {
        _frame.Require(rgb);
        if (row < 0 || row >= _rows || column < 0 || column >= _columns)
        {
            throw new ArgumentException(
                $"the sheet has {_rows} rows and {_columns} columns, got place ({row}, {column})");
        }
        int top = row * (_frame.Height * _scale + _gap);
        int left = column * (_frame.Width * _scale + _gap);
        for (int y = 0; y < _frame.Height * _scale; y++)
        {
            Span<byte> line = _pixels.AsSpan(((top + y) * Width + left) * 3, _frame.Width * _scale * 3);
            ReadOnlySpan<byte> source = rgb.Slice(y / _scale * _frame.Width * 3, _frame.Width * 3);
            for (int x = 0; x < _frame.Width * _scale; x++) source.Slice(x / _scale * 3, 3).CopyTo(line[(3 * x)..]);
        }
    }

    /// <returns>The sheet as a PNG file.</returns>
    public byte[] EncodePng() => RgbImage.EncodePng(_pixels, Width, Height);

    /// <summary>Writes the sheet as a PNG file, atomically.</summary>
    /// <param name="path">The file to create or replace; its folder must exist.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.WriteBytes(path, EncodePng());
}
