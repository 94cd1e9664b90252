using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using GenKernels.Cli.Generation;
using GenKernels.Models.LongVideo;
using GenKernels.Runtime;
using GenKernels.Train.Video;
using Spectre.Console;

namespace GenKernels.Cli;

/// <summary><c>gk generate video</c>: a video of any length from a trained generator, in constant memory.</summary>
internal static class GenerateVideoCommand
{
    private const int MostInSegment = 8192, MostScale = 64;
    private const double LeastFrameRate = 0.1, MostFrameRate = 1000;

    internal static Command Create()
    {
        Option<string> checkpoint = new("--checkpoint")
        {
            Description = "Generator file, checkpoint folder or run folder",
            HelpName = "path",
            Required = true,
        };
        Option<int> frames = new Option<int>("--frames")
        {
            Description = "Number of frames to generate",
            HelpName = "number",
            Required = true,
        }.Positive();
        Option<string> output = new("--out")
        {
            Description = "An .mp4 or .webp file, or a new folder for PNG frames",
            HelpName = "path",
            Required = true,
        };
        Option<int> segment = CommonOptions.Number(
            "--segment", "Frames generated at a time: more memory, less time, same video", 64, MostInSegment);
        Option<double> fps = new Option<double>("--fps")
        {
            Description = "Frame rate of the video",
            HelpName = "number",
            DefaultValueFactory = _ => 30,
        }.AtLeast(LeastFrameRate, MostFrameRate);
        Option<int> scale =
            CommonOptions.Number("--scale", "Upscaling factor N: each pixel becomes N x N pixels", 1, MostScale);
        Option<string> precision = PrecisionOption.Create();
        Option<string> device = CommonOptions.Device();
        Option<long> seed = CommonOptions.Seed();
        ExampleCommand command = new(
            "video", "Generate a video of any length with a trained generator.",
            "gk generate video --checkpoint out/run --frames 900 --out out/video.mp4 --scale 4",
            "gk generate video --checkpoint out/run/checkpoint-00001000 --frames 100 --seed 7 --out out/frames")
        {
            checkpoint, frames, output, seed, segment, fps, scale, precision, device,
        };
        return command.Does((result, stop) =>
        {
            using TrainedGenerator trained = TrainedGenerator.Open(result.GetRequiredValue(checkpoint));
            LowResolutionGeneratorOptions sizes = trained.Preset.Generator;
            string path = result.GetRequiredValue(output);
            VideoWriterOptions options = new(result.GetValue(fps), result.GetValue(scale));
            using IVideoWriter writer = VideoWriter.Create(path, sizes.Width, sizes.Height, options);
            using Device opened = DeviceFactory.Open(result.GetRequiredValue(device));
            opened.Precision = PrecisionOption.Read(result, precision);
            using LowResolutionGenerator generator = trained.Load(opened);
            VideoStream video =
                new(generator, opened, unchecked((ulong)result.GetValue(seed)), result.GetValue(segment));
            Terminal terminal = new(result);
            terminal.Progress.WriteLine($"Preset {trained.Preset.Name} on {DeviceText.Of(opened)}");
            using CompilationWatch compiling = new(opened.Cache, terminal.Progress.WriteLine);
            int count = result.GetValue(frames);
            long started = Stopwatch.GetTimestamp();
            FrameMeter.Run(
                terminal.Progress, count, meter => video.ForEach(count, frame => writer.AddFrame(frame), meter, stop));
            FrameMeter.Encode(terminal.Progress, progress => writer.Complete(progress, stop));
            double framesPerSecond = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
            string size = $"{sizes.Width * options.Scale} x {sizes.Height * options.Scale}";
            string rate = framesPerSecond.ToString("0.0", CultureInfo.InvariantCulture);
            string length = Quantity.Of(count, "frame");
            terminal.Output.WriteLine($"{length} of {size} in {path}, generated at {rate} frames/s");
            return ExitCode.Success;
        });
    }
}
