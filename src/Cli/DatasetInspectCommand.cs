using System.CommandLine;
using GenKernels.Train.Data;
using Spectre.Console;

namespace GenKernels.Cli;

/// <summary><c>gk dataset inspect DIR</c>: contents of a data set, after a check of its zips.</summary>
internal static class DatasetInspectCommand
{
    private const double BytesPerMebibyte = 1 << 20;

    internal static Command Create()
    {
        Argument<string> folder = new("DIR") { Description = "Folder of the data set, or of one of its frame sizes" };
        Option<bool> json = CommonOptions.Json();
        ExampleCommand command = new(
            "inspect", "Check a data set and list its videos.",
            "gk dataset inspect out/data", "gk dataset inspect out/data/0036x0064 --json") { folder, json };
        return command.Does((result, stop) =>
        {
            string path = result.GetRequiredValue(folder);
            List<Size> sizes = [];
            foreach ((int height, int width) in VideoDataset.FindSizes(path))
            {
                sizes.Add(Size.Read(path, height, width, stop));
            }

            if (sizes.Count == 0)
            {
                throw new CommandException($"{path}: no data set found; expected a folder such as 0036x0064");
            }

            Terminal terminal = new(result);
            if (result.GetValue(json)) terminal.WriteJson(sizes);
            else sizes.ForEach(size => Write(terminal.Output, size));
            return ExitCode.Success;
        });
    }

    private static void Write(IAnsiConsole output, Size size)
    {
        output.WriteLine(
            $"{size.Folder}: {size.Width} x {size.Height}, {Quantity.Of(size.Videos.Count, "video")}, "
            + $"{Quantity.Of(size.TotalFrames, "frame")}, {Quantity.Of(size.Partitions, "zip")}, "
            + $"{size.Bytes / BytesPerMebibyte:F1} MiB");
        Table table = new Table().Border(TableBorder.Simple).AddColumn("video").AddNumbers("frames", "fps")
            .AddColumns("zip", "source");
        foreach (Video video in size.Videos)
        {
            table.AddRow(
                video.Name.EscapeMarkup(), $"{video.FrameCount}", video.FrameRate is { } rate ? $"{rate:0.##}" : "",
                video.Partition.EscapeMarkup(), (video.Source ?? "").EscapeMarkup());
        }

        output.Write(table);
    }

    /// <summary>A data set of one frame size.</summary>
    private sealed record Size(
        string Folder, int Height, int Width, int Partitions, long Bytes, long TotalFrames, IReadOnlyList<Video> Videos)
    {
        public static Size Read(string folder, int height, int width, CancellationToken stop)
        {
            using VideoDataset dataset = VideoDataset.Open(folder, height, width, cacheBytes: 0, stop);
            FileInfo[] zips = new DirectoryInfo(dataset.Folder).GetFiles("*.zip");
            Dictionary<string, DatasetManifestVideo> made =
                (dataset.Manifest?.Videos ?? []).ToDictionary(video => video.Name, StringComparer.Ordinal);
            Video[] videos = [.. dataset.Videos.Select(video => Video.Of(video, made.GetValueOrDefault(video.Name)))];
            return new Size(
                dataset.Folder, height, width, zips.Length, zips.Sum(zip => zip.Length), dataset.TotalFrames, videos);
        }
    }

    /// <summary>A video; rate and source are null if the manifest does not give them.</summary>
    private sealed record Video(string Name, int FrameCount, string Partition, double? FrameRate, string? Source)
    {
        public static Video Of(DatasetVideo video, DatasetManifestVideo? made) =>
            new(video.Name, video.FrameCount, video.Partition, made?.FrameRate, made?.Source);
    }
}
