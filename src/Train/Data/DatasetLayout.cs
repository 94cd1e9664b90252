using System.Text.RegularExpressions;

namespace GenKernels.Train.Data;

/// <summary>File and folder names of a video data set, as in the LongVideoGAN release.</summary>
/// <remarks>
/// <c>{height:0000}x{width:0000}/partition_{i:0000}.zip</c>, uncompressed, contains
/// <c>{video}/frame_{index:000000}.jpg</c> and <c>frame_paths.json</c>, an object that lists the frame names of each
/// video. <c>dataset.json</c> beside the partitions is an addition; data sets without it are also read.
/// </remarks>
internal static partial class DatasetLayout
{
    public const string FramePathsName = "frame_paths.json";

    public const string ManifestName = "dataset.json";

    public static string SizeFolder(int height, int width) => $"{height:0000}x{width:0000}";

    public static string Partition(int index) => $"partition_{index:0000}.zip";

    public static string Frame(int index) => $"frame_{index:000000}.jpg";

    public static bool IsSizeFolder(string name) => SizeFolderPattern().IsMatch(name);

    public static (int Height, int Width) ParseSize(string sizeFolder)
    {
        string[] parts = sizeFolder.Split('x');
        return (int.Parse(parts[0]), int.Parse(parts[1]));
    }

    public static bool IsPartition(string name) => PartitionPattern().IsMatch(name);

    [GeneratedRegex(@"^\d{4,9}x\d{4,9}$")]
    private static partial Regex SizeFolderPattern();

    [GeneratedRegex(@"^partition_\d{4,}\.zip$")]
    private static partial Regex PartitionPattern();
}
