using System.IO.Compression;
using System.Text;
using GenKernels.Train.Video;

namespace GenKernels.Tests.Cli;

/// <summary>Setup of a short training on the command line: a data set of preset tiny, and the arguments.</summary>
internal static class SmallTraining
{
    internal const int Height = 36, Width = 64;

    /// <summary>Writes a data set of one short video in one zip.</summary>
    /// <returns>The path of the zip.</returns>
    internal static string WriteDataset(string folder, int frameCount = 20)
    {
        string place = Directory.CreateDirectory(Path.Combine(folder, "0036x0064")).FullName;
        string path = Path.Combine(place, "partition_0000.zip");
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        string[] names = [.. Enumerable.Range(0, frameCount).Select(frame => $"frame_{frame:000000}.jpg")];
        for (int frame = 0; frame < frameCount; frame++)
        {
            byte[] rgb = new byte[Height * Width * 3];
            for (int i = 0; i < rgb.Length; i++) rgb[i] = (byte)((i / 3 % Width * 2) + (5 * frame));
            Write(zip, $"ramp/{names[frame]}", RgbImage.EncodeJpeg(rgb, Width, Height));
        }

        string list = string.Join(", ", names.Select(name => $"\"{name}\""));
        Write(zip, "frame_paths.json", Encoding.UTF8.GetBytes($"{{\"ramp\": [{list}]}}"));
        return path;
    }

    /// <returns>The command line of a new run.</returns>
    internal static string[] New(string data, string run, params string[] others) =>
    [
        "train", "long-video-lowres", "--data", data, "--out", run, "--device", "host", "--preset", "tiny", "--batch",
        "1", .. others,
    ];

    /// <returns>The command line that resumes a run.</returns>
    internal static string[] Resumed(string data, string run, params string[] others) =>
        ["train", "long-video-lowres", "--data", data, "--out", run, "--device", "host", "--resume", .. others];

    /// <summary>Trains for some steps.</summary>
    internal static void Train(string data, string run, int steps)
    {
        CommandRun result = CommandRun.Of(New(data, run, "--steps", $"{steps}"));
        Assert.That(result.Status, Is.Zero, result.Error);
    }

    /// <summary>Copies a run with everything in it.</summary>
    internal static void Copy(string run, string target)
    {
        foreach (string file in Directory.GetFiles(run, "*", SearchOption.AllDirectories))
        {
            string path = Path.Combine(target, Path.GetRelativePath(run, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }
    }

    private static void Write(ZipArchive zip, string name, byte[] content)
    {
        using Stream stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(content);
    }
}
