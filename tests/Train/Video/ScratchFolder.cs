namespace GenKernels.Tests.Train.Video;

/// <summary>A folder of its own for one test, removed with everything in it.</summary>
public sealed class ScratchFolder : IDisposable
{
    /// <summary>The full path of the folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("genkernels-video-").FullName;

    /// <returns>A path in the folder; nothing is made.</returns>
    public string At(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <returns>The names of all files and folders in the folder itself, hidden ones included, sorted.</returns>
    public string[] Names() =>
        [.. new DirectoryInfo(Path).GetFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
