using GenKernels.Train.Video;

namespace GenKernels.Train.Data;

/// <summary>How <see cref="DatasetFromVideos"/> makes a data set.</summary>
/// <param name="SourceFolder">Searched recursively for videos.</param>
/// <param name="OutputFolder">Receives the folder of the frame size; created if missing.</param>
/// <param name="Height">Rows of a frame; 1 to 9999.</param>
/// <param name="Width">Columns of a frame; 1 to 9999.</param>
public sealed record DatasetFromVideosOptions(string SourceFolder, string OutputFolder, int Height, int Width)
{
    /// <summary>Number of zips to spread the videos over; positive. A zip that would hold no video is not
    /// written.</summary>
    public int Partitions { get; init; } = 10;

    /// <summary>Seconds skipped at the start of every video.</summary>
    public double TrimStart { get; init; }

    /// <summary>Seconds skipped at the end of every video.</summary>
    public double TrimEnd { get; init; }

    /// <summary>Whether to replace the partitions and manifest of an existing data set of this size.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Videos decoded in parallel; positive.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>The programs that decode.</summary>
    public VideoTools Tools { get; init; } = VideoTools.OnPath;
}
