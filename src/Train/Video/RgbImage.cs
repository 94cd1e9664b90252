using GenKernels.Runtime;
using NetVips;

namespace GenKernels.Train.Video;

/// <summary>Still pictures as bytes <c>[H, W, 3]</c>, encoded and decoded by libvips.</summary>
internal static class RgbImage
{
    private static readonly string[] s_animated = [".gif", ".webp"];

    private static readonly Log.LogDelegate s_silence = static (_, _, _) => { };

    static RgbImage()
    {
        // Frames are small and many: the parallelism is over frames, and the cache would never be hit.
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;

        // libvips also prints its warnings; whoever catches the exception decides what is shown.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, s_silence);
    }

    /// <summary>Quality 100 without chroma subsampling: as close to the pixels as JPEG gets.</summary>
    public static byte[] EncodeJpeg(ReadOnlySpan<byte> rgb, int width, int height)
    {
        using Image image = FromPixels(rgb, width, height);
        return image.JpegsaveBuffer(q: 100, subsampleMode: Enums.ForeignSubsample.Off, keep: Enums.ForeignKeep.None);
    }

    public static byte[] EncodePng(ReadOnlySpan<byte> rgb, int width, int height)
    {
        using Image image = FromPixels(rgb, width, height);
        return image.PngsaveBuffer(keep: Enums.ForeignKeep.None);
    }

    /// <summary>Decodes a picture whose size is known.</summary>
    /// <param name="encoded">A JPEG or another still picture.</param>
    /// <param name="rgb">Receives <c>[H, W, 3]</c>.</param>
    /// <exception cref="VideoException">It is not a picture, damaged, or of another size or format.</exception>
    public static void Decode(ReadOnlySpan<byte> encoded, int width, int height, Span<byte> rgb)
    {
        try
        {
            using Image image = Image.NewFromBuffer(
                encoded, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
            if (image.Width != width || image.Height != height || image.Bands != 3)
            {
                throw new VideoException($"expected a picture of {width}x{height} in 3 colours, "
                    + $"got {image.Width}x{image.Height} in {image.Bands}");
            }

            if (image.Format != Enums.BandFormat.Uchar)
            {
                throw new VideoException($"expected a picture with 8 bits per colour, got {image.Format}");
            }

            CopyPixels(image, rgb);
        }
        catch (VipsException fault)
        {
            throw new VideoException($"not a whole picture: {OneLine(fault.Message)}", fault);
        }
    }

    /// <summary>
    /// Opens any picture as 8-bit sRGB without transparency; frames of an animation are stacked vertically.
    /// </summary>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="VideoException">There is no such file, or it is not a picture, or damaged.</exception>
    public static Image Load(string path)
    {
        if (InputFile.Fault(path) is { } unusable) throw new VideoException($"{path}: {unusable}");
        try
        {
            using Image loaded = s_animated.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)
                ? Image.NewFromFile(path, kwargs: new VOption { { "n", -1 } })
                : Image.NewFromFile(path);
            using Image opaque = loaded.HasAlpha() ? loaded.Flatten() : loaded.Copy();
            using Image colour = opaque.Colourspace(Enums.Interpretation.Srgb);
            return colour.Cast(Enums.BandFormat.Uchar);
        }
        catch (VipsException fault)
        {
            throw new VideoException($"{path}: not a picture: {OneLine(fault.Message)}", fault);
        }
    }

    /// <param name="image">Three channels of 8 bits.</param>
    /// <param name="rgb">Receives <c>[H, W, 3]</c>.</param>
    public static void CopyPixels(Image image, Span<byte> rgb)
    {
        byte[] pixels = image.WriteToMemory<byte>();
        pixels.CopyTo(rgb);
    }

    public static Image FromPixels(ReadOnlySpan<byte> rgb, int width, int height)
    {
        using Image image = Image.NewFromMemoryCopy(rgb, width, height, 3, Enums.BandFormat.Uchar);
        return image.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
