namespace GenKernels.Train.Video;

/// <summary>A file or folder that has a temporary name until it is complete.</summary>
/// <remarks>
/// Written under <see cref="Path"/>, in the folder of its destination; <see cref="Commit"/> renames it, Dispose without
/// a commit deletes it.
/// </remarks>
internal sealed class PartialOutput : IDisposable
{
    private readonly string _destination;
    private bool _committed;

    /// <param name="destination">Final path of the output; missing folders are created.</param>
    public PartialOutput(string destination)
    {
        _destination = System.IO.Path.GetFullPath(destination);
        string folder = System.IO.Path.GetDirectoryName(_destination)
            ?? throw new ArgumentException($"{destination} is no place for an output");
        Directory.CreateDirectory(folder);
        string name = System.IO.Path.GetFileName(_destination);
        Path = System.IO.Path.Combine(folder, $".{name}.{Guid.NewGuid():N}.partial");
    }

    /// <summary>Temporary path to write to.</summary>
    public string Path { get; }

    /// <summary>
    /// Flushes the output at <see cref="Path"/> to the disk, if it is a file, and renames it; replaces a file or an
    /// empty folder.
    /// </summary>
    public void Commit()
    {
        if (Directory.Exists(Path))
        {
            if (Directory.Exists(_destination)) Directory.Delete(_destination);  // must be empty, or this throws
            Directory.Move(Path, _destination);
        }
        else
        {
            using (FileStream file = new(Path, FileMode.Open, FileAccess.ReadWrite)) file.Flush(flushToDisk: true);
            File.Move(Path, _destination, overwrite: true);
        }
        _committed = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_committed) return;
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
        File.Delete(Path);
    }
}
