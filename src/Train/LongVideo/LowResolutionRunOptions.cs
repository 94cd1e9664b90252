namespace GenKernels.Train.LongVideo;

/// <summary>How long a run lasts, and what it writes on the way.</summary>
public sealed record LowResolutionRunOptions
{
    /// <summary>Steps in all, those before a resume included.</summary>
    public long Steps { get; init; } = 100_000;

    /// <summary>Ends the run after this time, with a checkpoint; none by default.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Steps from one line of the log to the next.</summary>
    public int LogInterval { get; init; } = 10;

    /// <summary>Steps from one checkpoint to the next; there is always one at the end.</summary>
    public int CheckpointInterval { get; init; } = 1000;

    /// <summary>Steps from one sample video to the next; there is always one at the end.</summary>
    public int SampleInterval { get; init; } = 1000;

    /// <summary>Frames of a sample video, as a multiple of the clips that are trained on.</summary>
    public int SampleLength { get; init; } = 2;

    /// <summary>Bytes of decoded frames that are kept in memory.</summary>
    public long FrameCacheBytes { get; init; } = 512L << 20;
}
