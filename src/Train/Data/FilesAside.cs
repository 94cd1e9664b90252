namespace GenKernels.Train.Data;

/// <summary>Files moved aside for their replacements, and moved back unless the replacements are complete.</summary>
/// <remarks>
/// Meanwhile each file is named <c>.name.….earlier</c> in the same folder, where it can be found if the program is
/// killed.
/// </remarks>
internal sealed class FilesAside : IDisposable
{
    private const string Suffix = ".earlier";

    private readonly List<(string Place, string Aside)> _files = [];

    /// <param name="paths">The files to move aside.</param>
    public FilesAside(IEnumerable<string> paths)
    {
        try
        {
            foreach (string path in paths) Move(path);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <returns>Names of the files in a folder that a killed program had moved aside, in order.</returns>
    public static string[] Find(string folder) =>
    [
        .. Directory.GetFiles(folder, $".*{Suffix}").Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Deletes the files, once their replacements are complete.</summary>
    public void Delete()
    {
        foreach ((_, string aside) in _files) File.Delete(aside);
        _files.Clear();
    }

    /// <summary>Moves back the files that were not deleted.</summary>
    public void Dispose()
    {
        foreach ((string place, string aside) in _files) File.Move(aside, place, overwrite: true);
        _files.Clear();
    }

    private void Move(string path)
    {
        string name = $".{Path.GetFileName(path)}.{Guid.NewGuid():N}{Suffix}";
        string aside = Path.Combine(Path.GetDirectoryName(path)!, name);
        File.Move(path, aside);
        _files.Add((path, aside));
    }
}
