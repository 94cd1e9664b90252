namespace GenKernels.Runtime.Interop;

/// <summary>The folders that are searched for native libraries, besides the loader's own.</summary>
internal static class LibraryFolders
{
    private const string ToolkitOfWindows = "NVIDIA GPU Computing Toolkit/CUDA/v*";

    // Where WSL, container runtimes and NixOS put the driver.
    private static readonly string[] s_driverFolders =
        ["/usr/lib/wsl/lib", "/usr/local/nvidia/lib64", "/run/opengl-driver/lib"];

    /// <returns>The folders that the user named, in <c>GENKERNELS_LIBRARY_PATH</c> and then <c>CUDA_PATH</c>.</returns>
    /// <param name="environment">Reads an environment variable.</param>
    internal static List<string> Named(Func<string, string?> environment)
    {
        List<string> folders = [.. Split(environment("GENKERNELS_LIBRARY_PATH"))];
        foreach (string toolkit in Split(environment("CUDA_PATH"))) folders.AddRange(OfToolkit(toolkit));
        return folders;
    }

    /// <returns>
    /// Where toolkits and Python packages usually put libraries; a pattern without matches is returned as it is, to
    /// appear in reports.
    /// </returns>
    /// <param name="environment">Reads an environment variable.</param>
    internal static List<string> Usual(Func<string, string?> environment)
    {
        List<string> patterns = [];
        if (OperatingSystem.IsWindows())
        {
            string programs = Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles);
            patterns.AddRange(OfToolkit(Path.Combine(programs, ToolkitOfWindows)));
        }
        else
        {
            patterns.AddRange(s_driverFolders);
            patterns.AddRange(OfToolkit("/usr/local/cuda*"));
        }

        foreach (string prefix in PythonPrefixes(environment)) patterns.AddRange(OfPython(prefix));
        return [.. patterns.SelectMany(Expand).Distinct()];
    }

    /// <returns>
    /// The folders that match a pattern whose parts may hold <c>*</c>, in descending order of names so that newer
    /// versions come first; the pattern itself where none does.
    /// </returns>
    internal static List<string> Expand(string pattern)
    {
        string root = Path.GetPathRoot(pattern) ?? "";
        List<string> found = [root];
        foreach (string part in pattern[root.Length..].Split('/', '\\'))
        {
            found = [.. found.SelectMany(folder => Matches(folder, part))];
        }

        return found.Count == 0 ? [pattern] : found;
    }

    private static IEnumerable<string> Matches(string folder, string part)
    {
        string path = Path.Combine(folder, part);
        if (!part.Contains('*')) return Directory.Exists(path) ? [path] : [];
        try
        {
            return Directory.GetDirectories(folder, part).OrderDescending(StringComparer.Ordinal);
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static IEnumerable<string> OfToolkit(string toolkit)
    {
        string[] folders = OperatingSystem.IsWindows()
            ? ["bin/x64", "bin"]
            : ["lib64", "targets/x86_64-linux/lib", "lib"];
        return folders.Select(folder => Path.Combine(toolkit, folder));
    }

    /// <summary>Where NVIDIA's Python packages put their libraries, one folder per package.</summary>
    private static IEnumerable<string> OfPython(string prefix)
    {
        string[] folders = OperatingSystem.IsWindows()
            ? ["Lib/site-packages/nvidia/*/bin/x86_64", "Lib/site-packages/nvidia/*/bin"]
            : ["lib/python3*/site-packages/nvidia/*/lib", "lib/python3*/dist-packages/nvidia/*/lib"];
        return folders.Select(folder => Path.Combine(prefix, folder));
    }

    private static IEnumerable<string> PythonPrefixes(Func<string, string?> environment)
    {
        foreach (string variable in (string[])["VIRTUAL_ENV", "CONDA_PREFIX"])
        {
            foreach (string prefix in Split(environment(variable))) yield return prefix;
        }

        foreach (string prefix in PrefixesOnPath(environment)) yield return prefix;
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (home.Length > 0) yield return Path.Combine(home, ".local");
        if (OperatingSystem.IsWindows()) yield break;
        yield return "/usr/local";
        yield return "/usr";
    }

    /// <returns>
    /// The prefixes of the Pythons on the path, with links followed too, as a virtual environment links to its base.
    /// </returns>
    private static IEnumerable<string> PrefixesOnPath(Func<string, string?> environment)
    {
        string name = OperatingSystem.IsWindows() ? "python.exe" : "python3";
        foreach (string folder in Split(environment("PATH")))
        {
            FileInfo python = new(Path.Combine(folder, name));
            if (!python.Exists) continue;
            string? target = python.ResolveLinkTarget(returnFinalTarget: true)?.FullName;
            foreach (string path in target is null ? [python.FullName] : (string[])[python.FullName, target])
            {
                string? parent = Path.GetDirectoryName(path);
                string? prefix = OperatingSystem.IsWindows() ? parent : Path.GetDirectoryName(parent);
                if (prefix is not null) yield return prefix;
            }
        }
    }

    private static string[] Split(string? paths) =>
        (paths ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
