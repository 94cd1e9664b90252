using System.IO.Compression;
using System.Text;
using GenKernels.Train.Data;
using GenKernels.Train.Video;

namespace GenKernels.Tests.Train.Data;

/// <summary>
/// Small data sets written by hand in the layout of the release, with frames that identify themselves.
/// </summary>
public static class TinyDataset
{
    /// <summary>Rows of a frame.</summary>
    public const int Height = 8;

    /// <summary>Columns of a frame.</summary>
    public const int Width = 16;

    /// <summary>
    /// Writes <c>partition_{index}.zip</c> with videos of given names and lengths, without a manifest.
    /// </summary>
    /// <returns>The path of the zip.</returns>
    public static string WritePartition(
        string folder,
        int index,
        (string Name, int FrameCount)[] videos,
        CompressionLevel level = CompressionLevel.NoCompression)
    {
        string place = Path.Combine(folder, $"{Height:0000}x{Width:0000}");
        Directory.CreateDirectory(place);
        string path = Path.Combine(place, $"partition_{index:0000}.zip");
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string name, int frameCount) in videos)
        {
            for (int frame = 0; frame < frameCount; frame++)
            {
                byte[] jpeg = RgbImage.EncodeJpeg(Frame(name, frame), Width, Height);
                Write(zip, $"{name}/frame_{frame:000000}.jpg", jpeg, level);
            }
        }
        IEnumerable<string> lists = videos.Select(video => $"\"{video.Name}\": ["
            + string.Join(", ", Enumerable.Range(0, video.FrameCount).Select(i => $"\"frame_{i:000000}.jpg\"")) + "]");
        Write(zip, "frame_paths.json", Encoding.UTF8.GetBytes($"{{{string.Join(", ", lists)}}}"), level);
        return path;
    }

    /// <summary>Writes a data set of one partition and opens it.</summary>
    public static VideoDataset Open(string folder, params (string Name, int FrameCount)[] videos)
    {
        WritePartition(folder, 0, videos);
        return VideoDataset.Open(folder, Height, Width);
    }

    /// <summary>Removes an entry from a zip.</summary>
    public static void Delete(string path, string name)
    {
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Update);
        zip.GetEntry(name)!.Delete();
    }

    /// <summary>Replaces the content of a zip entry, with its checksum.</summary>
    public static void Replace(string path, string name, byte[] content)
    {
        Delete(path, name);
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Update);
        using Stream stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(content);
    }

    /// <summary>A frame: red grows to the right, green with the frame index, blue depends on the name.</summary>
    public static byte[] Frame(string name, int frame)
    {
        byte[] rgb = new byte[Height * Width * 3];
        for (int i = 0; i < Height * Width; i++)
        {
            rgb[3 * i] = (byte)(20 + 12 * (i % Width));
            rgb[3 * i + 1] = (byte)(20 + 6 * frame);
            rgb[3 * i + 2] = (byte)(20 + name.Sum(letter => letter) % 20 * 10);
        }
        return rgb;
    }

    private static void Write(ZipArchive zip, string name, byte[] content, CompressionLevel level)
    {
        using Stream stream = zip.CreateEntry(name, level).Open();
        stream.Write(content);
    }
}
