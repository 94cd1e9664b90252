namespace GenKernels.Train.Video;

/// <summary>A file or folder that another name hides until it is whole.</summary>
/// <remarks>
/// Written under <see cref="Path"/>, beside its place; <see cref="Commit"/> renames it, Dispose without it removes it.
/// </remarks>
internal sealed class PartialOutput : IDisposable
{
    private readonly string _destination;
    private bool _committed;

    /// <param name="destination">Where the output belongs; folders on the way are made.</param>
    public PartialOutput(string destination)
    {
        _destination = System.IO.Path.GetFullPath(destination);
        string folder = System.IO.Path.GetDirectoryName(_destination)
            ?? throw new ArgumentException($"{destination} is no place for an output");
        Directory.CreateDirectory(folder);
        string name = System.IO.Path.GetFileName(_destination);
        Path = System.IO.Path.Combine(folder, $".{name}.{Guid.NewGuid():N}.partial");
    }

    /// <summary>Where to write.</summary>
    public string Path { get; }

    /// <summary>
    /// Flushes what lies at <see cref="Path"/> to the disk and gives it its name; replaces a file, not a folder.
    /// </summary>
    public void Commit()
    {
        if (Directory.Exists(Path))
        {
            if (Directory.Exists(_destination)) Directory.Delete(_destination);  // empty, or the system refuses
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
