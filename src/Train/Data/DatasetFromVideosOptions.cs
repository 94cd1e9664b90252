using GenKernels.Train.Video;

namespace GenKernels.Train.Data;

/// <summary>How <see cref="DatasetFromVideos"/> makes a data set.</summary>
/// <param name="SourceFolder">Searched with its subfolders for videos.</param>
/// <param name="OutputFolder">Receives the folder of the frame size; made when missing.</param>
/// <param name="Height">Rows of a frame; 1 to 9999.</param>
/// <param name="Width">Columns of a frame; 1 to 9999.</param>
public sealed record DatasetFromVideosOptions(string SourceFolder, string OutputFolder, int Height, int Width)
{
    /// <summary>Zips to spread the videos over; positive. One that would get no video is not written.</summary>
    public int Partitions { get; init; } = 10;

    /// <summary>Seconds left out at the start of every video.</summary>
    public double TrimStart { get; init; }

    /// <summary>Seconds left out at the end of every video.</summary>
    public double TrimEnd { get; init; }

    /// <summary>Replace the partitions and the manifest of a data set of this size that is there already.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Videos decoded at a time; positive.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>The programs that decode.</summary>
    public VideoTools Tools { get; init; } = VideoTools.OnPath;
}
