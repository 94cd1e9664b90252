namespace GenKernels.Tests.Structure;

/// <summary>
/// The source files of the work tree that the tests were built in: no build output, nothing ignored by git.
/// </summary>
internal static class Repository
{
    private static readonly HashSet<string> s_notSource =
        [".git", ".vs", "bin", "obj", "out", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts"];

    private static readonly Lazy<string> s_root = new(FindRoot);
    private static readonly Lazy<string[]> s_files = new(() => [.. Walk("").Order(StringComparer.Ordinal)]);

    /// <summary>The folder that holds the solution.</summary>
    internal static string Root => s_root.Value;

    /// <summary>Every source file, relative to <see cref="Root"/>, with forward slashes.</summary>
    internal static IReadOnlyList<string> Files => s_files.Value;

    /// <returns>The source files below a folder with one of the extensions.</returns>
    internal static IEnumerable<string> FilesBelow(string folder, params string[] extensions) =>
        Files.Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal))
            .Where(file => extensions.Contains(Path.GetExtension(file)));

    internal static string FullPath(string file) => Path.Combine(Root, file);

    internal static bool Exists(string file) => File.Exists(FullPath(file));

    internal static string Read(string file) => File.ReadAllText(FullPath(file));

    internal static string[] Lines(string file) => File.ReadAllLines(FullPath(file));

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (FileSystemInfo entry in new DirectoryInfo(FullPath(folder)).EnumerateFileSystemInfos())
        {
            string path = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
            if (s_notSource.Contains(entry.Name)) continue;
            if (entry is not DirectoryInfo) yield return path;
            else if (entry.LinkTarget is null)
            {
                foreach (string inner in Walk(path)) yield return inner;
            }
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GenKernels.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} holds GenKernels.sln");
    }
}
