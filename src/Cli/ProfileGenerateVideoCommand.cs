using System.CommandLine;
using GenKernels.Cli.Generation;
using GenKernels.Cli.Profiling;
using GenKernels.Cli.Training;
using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;
using GenKernels.Runtime;

namespace GenKernels.Cli;

/// <summary><c>gk profile generate video</c>: where the time of generating a video goes.</summary>
internal static class ProfileGenerateVideoCommand
{
    private const int MostFrames = 1 << 20, MostInSegment = 8192;

    internal static Command Create()
    {
        ProfileOptions options = new();
        Option<string> preset = PresetOption.Create("tiny");
        Option<string?> checkpoint = new("--checkpoint")
        {
            Description = "Trained generator, as for 'gk generate video'; random weights if omitted",
            HelpName = "path",
        };
        Option<int> frames = CommonOptions.Number("--frames", "Number of frames to generate", 64, MostFrames);
        Option<int> segment = CommonOptions.Number("--segment", "Frames generated at a time", 64, MostInSegment);
        Option<long> seed = CommonOptions.Seed();
        ExampleCommand command = new(
            "video", "Show where the time of generating a video goes, kernel by kernel.",
            "gk profile generate video --preset small --frames 128",
            "gk profile generate video --checkpoint out/run --by shape --json")
        {
            preset, checkpoint, frames, segment, seed,
        };
        options.AddTo(command);
        return command.Does((result, stop) =>
        {
            ProfileRequest request = options.Read(result);
            string? trained = result.GetValue(checkpoint);
            if (trained is not null && result.GetResult(preset) is { Implicit: false })
            {
                throw new CommandException("--preset and --checkpoint cannot be combined; give one of the two");
            }

            Terminal terminal = new(result);
            using TrainedGenerator? file = trained is null ? null : TrainedGenerator.Open(trained);
            using Device device = options.Open(result);
            LowResolutionPreset sizes = file?.Preset ?? LowResolutionPreset.Named(result.GetRequiredValue(preset));
            using LowResolutionGenerator generator = file?.Load(device) ?? New(sizes, device);
            using VideoSegments segments = new(generator, unchecked((ulong)result.GetValue(seed)), device)
            {
                IsRecorded = false,  // a GPU's events see a replayed segment as one launch
            };
            int count = result.GetValue(frames), length = result.GetValue(segment);
            StepMeasurement measurement = StepMeasurement.Take(
                device, request, terminal.Progress, () => Make(segments, count, length, stop), stop);
            string what = $"A video of {Quantity.Of(count, "frame")}, {length} at a time, preset {sizes.Name}";
            new ProfileReport(what, device, measurement, request).Write(terminal);
            return ExitCode.Success;
        });
    }

    private static LowResolutionGenerator New(LowResolutionPreset preset, Device device)
    {
        using Initializer initializer = new(device, seed: 0);
        return new LowResolutionGenerator(preset.Generator, initializer);
    }

    private static void Make(VideoSegments segments, int frameCount, int segmentLength, CancellationToken stop)
    {
        foreach (float[] _ in segments.Whole(frameCount, segmentLength)) stop.ThrowIfCancellationRequested();
    }
}
