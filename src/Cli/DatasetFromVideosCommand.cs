using System.CommandLine;
using GenKernels.Train.Data;
using Spectre.Console;

namespace GenKernels.Cli;

/// <summary><c>gk dataset from-videos DIR OUT</c>: frames of videos as a data set.</summary>
internal static class DatasetFromVideosCommand
{
    private const int MostPixels = 4096, MostPartitions = 10_000, MostWorkers = 1024;
    private const double MostSeconds = 1e6;

    internal static Command Create()
    {
        Argument<string> source = new("DIR") { Description = "Folder to search recursively for videos" };
        Argument<string> output = new("OUT") { Description = "Folder of the data set; created if missing" };
        Option<int> height = CommonOptions.Number("--height", "Frame height in pixels", 36, MostPixels);
        Option<int> width = CommonOptions.Number("--width", "Frame width in pixels", 64, MostPixels);
        Option<int> partitions =
            CommonOptions.Number("--partitions", "Zip files to spread the videos over", 10, MostPartitions);
        Option<int> workers =
            CommonOptions.Number("--workers", "Parallel video decoders", Environment.ProcessorCount, MostWorkers);
        Option<double> trimStart = Seconds("--trim-start", "Seconds to skip at the start of each video");
        Option<double> trimEnd = Seconds("--trim-end", "Seconds to skip at the end of each video");
        Option<bool> overwrite = new("--overwrite") { Description = "Replace an existing data set of this frame size" };
        ExampleCommand command = new(
            "from-videos", "Create a data set of small frames from a folder of videos.",
            "gk dataset from-videos assets out/data --height 36 --width 64",
            "gk dataset from-videos clips data --trim-start 2.5 --partitions 4 --overwrite")
        {
            source, output, height, width, partitions, workers, trimStart, trimEnd, overwrite,
        };
        return command.Does((result, stop) =>
        {
            DatasetFromVideosOptions options = new(
                result.GetRequiredValue(source), result.GetRequiredValue(output), result.GetValue(height),
                result.GetValue(width))
            {
                Partitions = result.GetValue(partitions),
                Workers = result.GetValue(workers),
                TrimStart = result.GetValue(trimStart),
                TrimEnd = result.GetValue(trimEnd),
                Overwrite = result.GetValue(overwrite),
            };
            Terminal terminal = new(result);
            Tell(terminal, Make(terminal.Progress, options, stop));
            return ExitCode.Success;
        });
    }

    private static DatasetReport Make(IAnsiConsole console, DatasetFromVideosOptions options, CancellationToken stop)
    {
        if (!console.Profile.Capabilities.Interactive) return DatasetFromVideos.Make(options, Lines(console), stop);
        return console.Progress().HideCompleted(true).Start(context =>
        {
            ProgressTask task = context.AddTask("reading videos");
            Reporter<DatasetProgress> reporter = new(progress => Show(task, progress));
            return DatasetFromVideos.Make(options, reporter, stop);
        });
    }

    private static void Show(ProgressTask task, DatasetProgress progress)
    {
        task.MaxValue = progress.VideosTotal;
        task.Value = progress.VideosDone;
        task.Description = Text(progress);
    }

    private static string Text(DatasetProgress progress) =>
        $"{progress.VideosDone} of {progress.VideosTotal} videos, {Quantity.Of(progress.FramesDone, "frame")}";

    /// <returns>What writes a line now and then, where there is no terminal.</returns>
    private static Reporter<DatasetProgress> Lines(IAnsiConsole console)
    {
        LinePace pace = new();
        return new Reporter<DatasetProgress>(progress =>
        {
            if (pace.IsDue()) console.WriteLine(Text(progress));
        });
    }

    private static void Tell(Terminal terminal, DatasetReport report)
    {
        foreach (VideoFault video in report.Skipped)
        {
            terminal.Progress.WriteLine($"gk: skipped {video.Source}: {video.Reason}");
        }

        foreach (VideoFault video in report.Damaged)
        {
            terminal.Progress.WriteLine($"gk: {video.Source} is damaged; its frames are used: {video.Reason}");
        }

        if (report.Abandoned.Count > 0)
        {
            terminal.Progress.WriteLine(
                $"gk: {report.Folder} holds {Quantity.Of(report.Abandoned.Count, "file")} of an earlier data set, "
                + $"left by an interrupted --overwrite; delete {string.Join(", ", report.Abandoned)}");
        }

        DatasetManifest manifest = report.Manifest;
        terminal.Output.WriteLine(
            $"{Quantity.Of(manifest.Videos.Count, "video")}, {Quantity.Of(manifest.TotalFrames, "frame")} of "
            + $"{manifest.Width} x {manifest.Height} in {report.Folder}"
            + (report.Skipped.Count > 0 ? $"; {Quantity.Of(report.Skipped.Count, "video")} skipped" : ""));
    }

    private static Option<double> Seconds(string name, string description) =>
        new Option<double>(name)
        {
            Description = description,
            HelpName = "seconds",
            DefaultValueFactory = _ => 0,
        }.NotNegative(MostSeconds);
}
