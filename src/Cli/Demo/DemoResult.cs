using GenKernels.Models.LongVideo;
using GenKernels.Train.Runs;

namespace GenKernels.Cli.Demo;

/// <summary>Contents of a report.</summary>
internal sealed record DemoResult
{
    /// <summary>The training video.</summary>
    public required FrameSequence Real { get; init; }

    /// <summary>The generated video.</summary>
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

    /// <summary>Training steps taken.</summary>
    public required long Steps { get; init; }

    /// <summary>Clips per step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>From the start of the first step to the last checkpoint, including compilation.</summary>
    public required TimeSpan TrainingTime { get; init; }

    /// <summary>Time spent generating the video's frames.</summary>
    public required TimeSpan GenerationTime { get; init; }

    /// <summary>Number of kernels that had to be compiled, and of those found in the cache.</summary>
    public required (int Compiled, int Ready) Kernels { get; init; }

    /// <summary>Seed of weights, draws and the generated video.</summary>
    public required long Seed { get; init; }

    /// <summary>Credit for the clip; null if none is needed.</summary>
    public string? Credit { get; init; }

    /// <summary>Real frames per second of training; null if the log has only one line.</summary>
    /// <remarks>Excludes the first step, which waits for the compiler.</remarks>
    public double? TrainingFramesPerSecond
    {
        get
        {
            (long steps, double seconds) = (Log[^1].Step - Log[0].Step, Log[^1].Time - Log[0].Time);
            return steps > 0 && seconds > 0 ? steps * BatchSize * Preset.Discriminator.FrameCount / seconds : null;
        }
    }
}
