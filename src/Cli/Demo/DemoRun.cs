using System.Diagnostics;
using GenKernels.Cli.Generation;
using GenKernels.Cli.Training;
using GenKernels.Models.LongVideo;
using GenKernels.Runtime;
using GenKernels.Train.Data;
using GenKernels.Train.LongVideo;
using GenKernels.Train.Runs;
using GenKernels.Train.Video;
using Spectre.Console;

namespace GenKernels.Cli.Demo;

/// <summary>The whole workflow in small: a data set from a clip, a short training, a long video, a report.</summary>
/// <param name="options">Settings.</param>
/// <param name="console">Where progress is shown.</param>
/// <param name="stop">Cancels the demonstration.</param>
internal sealed class DemoRun(DemoOptions options, IAnsiConsole console, CancellationToken stop)
{
    private const int TimesLonger = 3;
    private const int LongestVideo = 3600;
    private const int SegmentLength = 256;
    private const int Scale = 4;

    /// <returns>The path of the report.</returns>
    /// <exception cref="CommandException">The clip is missing, or the folder holds something else.</exception>
    internal string Run()
    {
        DemoClip clip = DemoClip.Find(options.Clip);
        using Device device = DeviceFactory.Open(options.Device);
        LowResolutionPreset preset =
            device.Kind == DeviceKind.Cuda ? LowResolutionPreset.Small : LowResolutionPreset.Tiny;
        DatasetFromVideos.RequireVideo(clip.Path);  // before what an earlier demonstration made is removed
        using DemoFolder folder = DemoFolder.Prepare(options.Out);
        console.WriteLine($"1/4 creating the data set from {clip.Path}");
        using VideoDataset dataset = MakeDataset(clip, folder, preset);
        FrameSequence real = ReadVideo(dataset);
        console.WriteLine("2/4 training");
        long started = Stopwatch.GetTimestamp();
        (LowResolutionTrainingOptions training, long generatorSize, long discriminatorSize) =
            Train(folder, dataset, preset, device);
        TimeSpan trainingTime = Stopwatch.GetElapsedTime(started);
        int frames = Math.Min(TimesLonger * real.Count, LongestVideo);
        console.WriteLine($"3/4 generating a video of {Quantity.Of(frames, "frame")}");
        started = Stopwatch.GetTimestamp();
        FrameSequence generated = Generate(folder, frames, real.FrameRate, device);
        TimeSpan generationTime = Stopwatch.GetElapsedTime(started);
        console.WriteLine("4/4 writing the report");
        IReadOnlyList<MetricRecord> log = MetricLog.Read(Path.Combine(folder.Run, "log.jsonl"));
        DemoResult result = new()
        {
            Real = real,
            Generated = generated,
            RealFile = Save(real, folder, "real"),
            GeneratedFile = Save(generated, folder, "generated"),
            Log = log,
            Preset = preset,
            Device = $"{device.Name} ({device.Description})",
            GeneratorParameters = generatorSize,
            DiscriminatorParameters = discriminatorSize,
            Steps = log[^1].Step,
            BatchSize = training.BatchSize,
            TrainingTime = trainingTime,
            GenerationTime = generationTime,
            Kernels = (device.Cache.Misses, device.Cache.Hits),
            Seed = options.Seed,
            Credit = clip.Credit,
        };
        AtomicFile.WriteText(folder.Report, new ReportPage(result).Render());
        return folder.Report;
    }

    private static FrameSequence ReadVideo(VideoDataset dataset)
    {
        double frameRate = dataset.Manifest?.Videos[0].FrameRate ?? new VideoWriterOptions().FrameRate;
        FrameSequence video = new(dataset.Width, dataset.Height, frameRate);
        byte[] frame = new byte[dataset.Width * dataset.Height * 3];
        for (int index = 0; index < dataset.Videos[0].FrameCount; index++)
        {
            dataset.ReadFrame(0, index, frame);
            video.Add(frame);
        }

        return video;
    }

    /// <summary>Saves as mp4, or as an animated WebP if the mp4 encoder is missing.</summary>
    private string Save(FrameSequence video, DemoFolder folder, string name)
    {
        string path = folder.Video(name, ".mp4");
        try
        {
            video.Save(path, Scale, stop);
        }
        catch (VideoToolMissingException)
        {
            path = folder.Video(name, ".webp");
            video.Save(path, Scale, stop);
        }

        return path;
    }

    private VideoDataset MakeDataset(DemoClip clip, DemoFolder folder, LowResolutionPreset preset)
    {
        (int height, int width) = (preset.Generator.Height, preset.Generator.Width);
        File.Copy(clip.Path, Path.Combine(folder.Clip, Path.GetFileName(clip.Path)));
        DatasetFromVideosOptions make = new(folder.Clip, folder.Data, height, width) { Partitions = 1 };
        foreach (VideoFault video in DatasetFromVideos.Make(make, null, stop).Damaged)
        {
            console.WriteLine($"{clip.Path} is damaged; its frames are used: {video.Reason}");
        }

        return VideoDataset.Open(folder.Data, height, width, stop: stop);
    }

    private (LowResolutionTrainingOptions Options, long Generator, long Discriminator) Train(
        DemoFolder folder, VideoDataset dataset, LowResolutionPreset preset, Device device)
    {
        LowResolutionTrainingOptions training =
            new() { BatchSize = preset.BatchSize, Seed = unchecked((ulong)options.Seed) };
        LowResolutionRunOptions runOptions = new()
        {
            Steps = options.Steps ?? int.MaxValue,
            Duration = options.Duration,
            LogInterval = 1,
            CheckpointInterval = int.MaxValue,
            SampleInterval = int.MaxValue,
        };
        using RunFolder place = RunFolder.Open(folder.Run);
        using LowResolutionRun run = LowResolutionRun.Open(place, dataset, preset, training, runOptions, device);
        console.WriteLine(RunOpening.Describe(run, dataset, training, device));
        int framesPerStep = training.BatchSize * preset.Discriminator.FrameCount;
        new TrainingDisplay(console, framesPerStep, isTimed: options.Steps is null).Train(run, stop);
        stop.ThrowIfCancellationRequested();
        return (training, run.Gan.Generator.ParameterCount, run.Gan.Discriminator.ParameterCount);
    }

    private FrameSequence Generate(DemoFolder folder, int frameCount, double frameRate, Device device)
    {
        using TrainedGenerator trained = TrainedGenerator.Open(folder.Run);
        using LowResolutionGenerator generator = trained.Load(device);
        using CompilationWatch compiling = new(device.Cache, console.WriteLine);
        VideoStream stream = new(generator, device, unchecked((ulong)options.Seed), SegmentLength);
        FrameSequence video = new(stream.Width, stream.Height, frameRate);
        FrameMeter.Run(
            console, frameCount, meter => stream.ForEach(frameCount, frame => video.Add(frame), meter, stop));
        return video;
    }
}
