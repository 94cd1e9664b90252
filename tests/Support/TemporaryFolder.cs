namespace GenKernels.Tests.Support;

/// <summary>A temporary folder for one test, deleted with its contents.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>The full path of the folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("genkernels-test-").FullName;

    /// <returns>The full path of <paramref name="name"/> in the folder; nothing is created.</returns>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <returns>Names of the files in the folder itself, sorted.</returns>
    public string[] FileNames() =>
        [.. Directory.GetFiles(Path).Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
