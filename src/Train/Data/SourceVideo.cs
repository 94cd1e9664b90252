namespace GenKernels.Train.Data;

/// <summary>A video file to include in a data set.</summary>
/// <param name="Path">Path of the file.</param>
/// <param name="Source">The path relative to the source folder, with forward slashes.</param>
/// <param name="Name">The same without extension: its name in the data set.</param>
internal sealed record SourceVideo(string Path, string Source, string Name)
{
    private static readonly string[] s_extensions =
        [".avi", ".gif", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".webm", ".wmv"];

    /// <summary>Finds every video below a folder, sorted by path, component by component.</summary>
    /// <exception cref="DatasetException">The folder is missing or holds no videos, or two would have the same
    /// name.</exception>
    public static SourceVideo[] Find(string folder)
    {
        if (!Directory.Exists(folder)) throw new DatasetException($"{folder}: no such folder of videos");
        SourceVideo[] videos =
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(IsVideo)
                .Select(path => Of(folder, path))
                .OrderBy(video => video.Source.Replace('/', '\0'), StringComparer.Ordinal),
        ];
        if (videos.Length == 0)
        {
            throw new DatasetException($"{folder}: no videos found; looked for {string.Join(' ', s_extensions)}");
        }
        IGrouping<string, SourceVideo>? clash =
            videos.GroupBy(video => video.Name).FirstOrDefault(group => group.Count() > 1);
        if (clash is not null)
        {
            throw new DatasetException($"{folder}: {string.Join(" and ", clash.Select(video => video.Source))} "
                + "differ only in their extension and would get the same name; rename all but one");
        }
        return videos;
    }

    /// <exception cref="DatasetException">It is none of a video.</exception>
    public static void RequireExtension(string path)
    {
        if (IsVideo(path)) return;
        throw new DatasetException($"{path}: not a video file name; expected one of {string.Join(' ', s_extensions)}");
    }

    private static bool IsVideo(string path) =>
        s_extensions.Contains(System.IO.Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static SourceVideo Of(string folder, string path)
    {
        string source = System.IO.Path.GetRelativePath(folder, path);
        source = source.Replace(System.IO.Path.DirectorySeparatorChar, '/');
        return new SourceVideo(path, source, source[..^System.IO.Path.GetExtension(source).Length]);
    }
}
