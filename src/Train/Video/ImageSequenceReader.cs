using NetVips;

namespace GenKernels.Train.Video;

/// <summary>Reads frames from a folder of pictures, ordered by file name, or from an animated picture.</summary>
/// <remarks>An animated picture is held in memory whole; a folder is read one picture at a time.</remarks>
public sealed class ImageSequenceReader : IFrameReader
{
    private const double FolderFrameRate = 25;

    private static readonly string[] s_extensions = [".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"];

    private readonly string[] _files;
    private readonly Image? _animation;
    private int _next;

    private ImageSequenceReader(string[] files, Image? animation, VideoDescription description)
    {
        _files = files;
        _animation = animation;
        Description = description;
    }

    /// <summary>Size and length; a folder is assumed to run at 25 frames per second.</summary>
    public VideoDescription Description { get; }

    /// <param name="path">A folder of pictures of one size, or a picture file, animated or not.</param>
    /// <returns>A reader positioned before the first frame; the caller disposes it.</returns>
    /// <exception cref="VideoException">There is no such file, no picture in the folder, or the file is not a
    /// picture.</exception>
    public static ImageSequenceReader Open(string path)
    {
        if (Directory.Exists(path)) return OpenFolder(path);
        Image image = RgbImage.Load(path);
        int pageHeight = image.Contains("page-height") ? (int)image.Get("page-height") : image.Height;
        int pages = image.Height / pageHeight;
        int[] delays = image.Contains("delay") ? (int[])image.Get("delay") : [];
        double meanDelay = delays.Length > 0 ? delays.Average() : 0;  // milliseconds
        double rate = meanDelay > 0 ? 1000 / meanDelay : FolderFrameRate;
        VideoDescription description = new(image.Width, pageHeight, rate, pages, pages / rate);
        return new ImageSequenceReader([], image, description);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="rgb"/> is not one frame long.</exception>
    public bool ReadFrame(Span<byte> rgb)
    {
        if (rgb.Length != Description.FrameBytes)
        {
            throw new ArgumentException($"a frame has {Description.FrameBytes} bytes, the buffer has {rgb.Length}");
        }
        if (_next >= Description.FrameCount) return false;
        int index = _next++;
        using Image frame = _animation is null
            ? RgbImage.Load(_files[index])
            : _animation.Crop(0, index * Description.Height, Description.Width, Description.Height);
        if (frame.Width != Description.Width || frame.Height != Description.Height)
        {
            throw new VideoException($"{_files[index]}: expected {Description.Width}x{Description.Height} like the "
                + $"first picture of the folder, got {frame.Width}x{frame.Height}");
        }
        RgbImage.CopyPixels(frame, rgb);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _animation?.Dispose();

    private static ImageSequenceReader OpenFolder(string path)
    {
        string[] files =
        [
            .. Directory.GetFiles(path)
                .Where(file => s_extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal),
        ];
        if (files.Length == 0) throw new VideoException($"{path}: no pictures in the folder");
        using Image first = RgbImage.Load(files[0]);
        double seconds = files.Length / FolderFrameRate;
        return new ImageSequenceReader(
            files, null, new VideoDescription(first.Width, first.Height, FolderFrameRate, files.Length, seconds));
    }
}
