using System.IO.Compression;
using System.Text;
using GenKernels.Train.Video;

namespace GenKernels.Tests.Train.LongVideo;

/// <summary>A data set of the presets' size: one video of 20 frames, with grey that grows to the right and over
/// time.</summary>
internal static class RampDataset
{
    private const int Height = 36, Width = 64, FrameCount = 20;

    /// <param name="folder">An existing folder.</param>
    public static void Write(string folder)
    {
        string place = Directory.CreateDirectory(Path.Combine(folder, "0036x0064")).FullName;
        using ZipArchive zip = ZipFile.Open(Path.Combine(place, "partition_0000.zip"), ZipArchiveMode.Create);
        string[] names = [.. Enumerable.Range(0, FrameCount).Select(frame => $"frame_{frame:000000}.jpg")];
        for (int frame = 0; frame < names.Length; frame++)
        {
            byte[] rgb = new byte[Height * Width * 3];
            for (int i = 0; i < rgb.Length; i++) rgb[i] = (byte)((i / 3 % Width * 2) + (5 * frame));
            Write(zip, $"ramp/{names[frame]}", RgbImage.EncodeJpeg(rgb, Width, Height));
        }

        string list = string.Join(", ", names.Select(name => $"\"{name}\""));
        Write(zip, "frame_paths.json", Encoding.UTF8.GetBytes($"{{\"ramp\": [{list}]}}"));
    }

    private static void Write(ZipArchive zip, string name, byte[] content)
    {
        using Stream stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(content);
    }
}
