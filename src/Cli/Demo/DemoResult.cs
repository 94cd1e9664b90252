using GenKernels.Models.LongVideo;
using GenKernels.Train.Runs;

namespace GenKernels.Cli.Demo;

/// <summary>All that a report tells.</summary>
internal sealed record DemoResult
{
    /// <summary>What was learned from.</summary>
    public required FrameSequence Real { get; init; }

    /// <summary>What was made.</summary>
    public required FrameSequence Generated { get; init; }

    /// <summary>The file of the real video, as the generator saw it.</summary>
    public required string RealFile { get; init; }

    /// <summary>The file of the generated video.</summary>
    public required string GeneratedFile { get; init; }

    /// <summary>The log of the run.</summary>
    public required IReadOnlyList<MetricRecord> Log { get; init; }

    /// <summary>Sizes of the networks.</summary>
    public required LowResolutionPreset Preset { get; init; }

    /// <summary>Name and description of the device.</summary>
    public required string Device { get; init; }

    /// <summary>Parameters of the generator.</summary>
    public required long GeneratorParameters { get; init; }

    /// <summary>Parameters of the discriminator.</summary>
    public required long DiscriminatorParameters { get; init; }

    /// <summary>Steps that were taken.</summary>
    public required long Steps { get; init; }

    /// <summary>Clips of a step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>From the first step's begin to the last checkpoint, compilation included.</summary>
    public required TimeSpan TrainingTime { get; init; }

    /// <summary>What the frames of the video took.</summary>
    public required TimeSpan GenerationTime { get; init; }

    /// <summary>Kernels that had to be compiled, and those that were found ready.</summary>
    public required (int Compiled, int Ready) Kernels { get; init; }

    /// <summary>Of weights, draws and the video.</summary>
    public required long Seed { get; init; }

    /// <summary>Whose the clip is; null where nobody has to be named.</summary>
    public string? Credit { get; init; }

    /// <summary>Real frames that training looked at, a second; null where one line of the log is all.</summary>
    /// <remarks>Without the first step, which waits for the compiler.</remarks>
    public double? TrainingFramesPerSecond
    {
        get
        {
            (long steps, double seconds) = (Log[^1].Step - Log[0].Step, Log[^1].Time - Log[0].Time);
            return steps > 0 && seconds > 0 ? steps * BatchSize * Preset.Discriminator.FrameCount / seconds : null;
        }
    }
}
