namespace GenKernels.Tests.Golden;

/// <summary>Finds the recorded cases that lie beside this file in the source tree.</summary>
public static class GoldenFiles
{
    private static readonly string s_folder = FindFolder();

    /// <param name="name">Relative to <c>tests/Golden</c>, as in <c>ops/filters.safetensors</c>.</param>
    /// <returns>The full path.</returns>
    public static string Path(string name) => System.IO.Path.Combine(s_folder, name);

    /// <inheritdoc cref="Path" path="/param"/>
    /// <returns>The open file; the caller disposes it.</returns>
    public static SafetensorsFile Open(string name) => SafetensorsFile.Open(Path(name));

    private static string FindFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "GenKernels.sln")))
        {
            folder = folder.Parent;
        }

        return folder is null
            ? throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} holds GenKernels.sln")
            : System.IO.Path.Combine(folder.FullName, "tests", "Golden");
    }
}
