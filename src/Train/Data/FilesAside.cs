namespace GenKernels.Train.Data;

/// <summary>Files that make room for others, and come back unless these are there.</summary>
/// <remarks>
/// Meanwhile each lies beside its place as <c>.name.….earlier</c>, where it can be found if the program is killed.
/// </remarks>
internal sealed class FilesAside : IDisposable
{
    private readonly List<(string Place, string Aside)> _files = [];

    /// <param name="paths">What is moved aside.</param>
    public FilesAside(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            string name = $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.earlier";
            string aside = Path.Combine(Path.GetDirectoryName(path)!, name);
            File.Move(path, aside);
            _files.Add((path, aside));
        }
    }

    /// <summary>Deletes the files: what takes their place is whole.</summary>
    public void Delete()
    {
        foreach ((_, string aside) in _files) File.Delete(aside);
        _files.Clear();
    }

    /// <summary>Moves back what was not deleted.</summary>
    public void Dispose()
    {
        foreach ((string place, string aside) in _files) File.Move(aside, place, overwrite: true);
        _files.Clear();
    }
}
