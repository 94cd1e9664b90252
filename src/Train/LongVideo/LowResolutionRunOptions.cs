namespace GenKernels.Train.LongVideo;

/// <summary>How long a run lasts, and what it writes.</summary>
public sealed record LowResolutionRunOptions
{
    /// <summary>Total number of steps, including those before a resume.</summary>
    public long Steps { get; init; } = 100_000;

    /// <summary>Time limit, at which the run ends with a checkpoint; none by default.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Steps between lines of the log.</summary>
    public int LogInterval { get; init; } = 10;

    /// <summary>Steps between checkpoints; the run always ends with one.</summary>
    public int CheckpointInterval { get; init; } = 1000;

    /// <summary>Steps between sample videos; the run always ends with one.</summary>
    public int SampleInterval { get; init; } = 1000;

    /// <summary>Length of a sample video, as a multiple of the length of the training clips.</summary>
    public int SampleLength { get; init; } = 2;

    /// <summary>Most bytes of decoded frames to keep in memory.</summary>
    public long FrameCacheBytes { get; init; } = 512L << 20;
}
