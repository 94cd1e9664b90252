using System.Runtime.InteropServices;
using System.Text;

namespace GenKernels.Runtime.Interop;

/// <summary>
/// Locates an optional native library when it is first needed: at the path that its environment variable names, else in
/// the folders that the environment names, the loader's search path, and the usual folders of toolkits and Python
/// packages.
/// </summary>
public sealed class NativeLibraryLocator
{
    private readonly Func<string, string?> _environment;
    private readonly Func<string[]> _fileNames;
    private readonly string[] _companions;
    private readonly string _title;
    private readonly string _advice;
    private readonly Func<nuint>? _version;
    private readonly Action? _prepare;
    private readonly Lazy<Outcome> _outcome;

    /// <param name="name">
    /// The name that bindings import; upper-cased after <c>GENKERNELS_</c>, the environment variable that may hold its
    /// path.
    /// </param>
    /// <param name="title">The name in messages.</param>
    /// <param name="fileNames">The names that the file may have, the preferred first.</param>
    /// <param name="advice">What to install where the library is missing.</param>
    /// <param name="companions">
    /// Patterns of files that the library depends on and the loader may not find; loaded first, from the library's own
    /// folder.
    /// </param>
    /// <param name="environment">Reads an environment variable; the process' own by default.</param>
    /// <param name="version">
    /// Queries the library's version, as 10000 times major plus 100 times minor plus patch; null for libraries that are
    /// not asked.
    /// </param>
    /// <param name="prepare">Called before the library is loaded; may be null.</param>
    internal NativeLibraryLocator(
        string name,
        string title,
        Func<string[]> fileNames,
        string advice,
        string[]? companions = null,
        Func<string, string?>? environment = null,
        Func<nuint>? version = null,
        Action? prepare = null)
    {
        Name = name;
        _title = title;
        _fileNames = fileNames;
        _advice = advice;
        _companions = companions ?? [];
        _environment = environment ?? Environment.GetEnvironmentVariable;
        _version = version;
        _prepare = prepare;
        _outcome = new Lazy<Outcome>(Find);
    }

    /// <summary>The name that bindings import, such as <c>openblas</c>.</summary>
    public string Name { get; }

    /// <summary>The environment variable that may hold the library's path.</summary>
    public string Variable => "GENKERNELS_" + Name.ToUpperInvariant();

    /// <summary>Whether the library was found and loaded.</summary>
    public bool IsFound => _outcome.Value.Handle != 0;

    /// <summary>
    /// What was loaded: a full path, or the bare name that the loader resolved; null where nothing was.
    /// </summary>
    public string? Path => _outcome.Value.Path;

    /// <summary>The version that the library reports; null where it is missing or not asked.</summary>
    public Version? Version
    {
        get
        {
            if (_version is null || !IsFound) return null;
            int number = (int)_version();
            return new Version(number / 10000, number / 100 % 100, number % 100);
        }
    }

    /// <summary>
    /// Where the library was found, or every path tried and what to install; includes loader failures either way.
    /// </summary>
    public string Report => _outcome.Value.Report;

    /// <summary>The handle of the loaded library, which is never unloaded.</summary>
    /// <exception cref="LibraryNotFoundException">It was not found, or what was found does not load.</exception>
    internal nint Handle => IsFound ? _outcome.Value.Handle : throw new LibraryNotFoundException(Report);

    /// <returns>The address of a function, or 0 where the library lacks it.</returns>
    /// <exception cref="LibraryNotFoundException">The library itself was not found.</exception>
    internal nint FindFunction(string function) =>
        NativeLibrary.TryGetExport(Handle, function, out nint address) ? address : 0;

    /// <inheritdoc/>
    public override string ToString() => Name;

    private Outcome Find()
    {
        List<string> missing = [];
        List<string> failures = [];
        _prepare?.Invoke();
        foreach (string candidate in Candidates())
        {
            if (System.IO.Path.IsPathRooted(candidate) && !File.Exists(candidate))
            {
                missing.Add(candidate);
                continue;
            }

            try
            {
                LoadCompanions(candidate, failures);
                return new Outcome(NativeLibrary.Load(candidate), candidate, Found(candidate, failures));
            }
            catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
            {
                failures.Add($"{candidate} ({Reason(exception)})");
            }
        }

        string tried = string.Join(", ", failures.Concat(missing));
        string report = $"{_title} was not found; {_advice}, or name its path in {Variable} (tried: {tried})";
        return new Outcome(0, null, report);
    }

    /// <remarks>
    /// Where the user names a path, it is the only candidate: another library in its place would be a surprise.
    /// </remarks>
    private IEnumerable<string> Candidates()
    {
        string? named = _environment(Variable);
        if (!string.IsNullOrEmpty(named)) return [System.IO.Path.GetFullPath(named)];
        string[] names = _fileNames();
        IEnumerable<string> first = LibraryFolders.Named(_environment).Select(System.IO.Path.GetFullPath)
            .SelectMany(folder => names.Select(name => System.IO.Path.Combine(folder, name)));
        List<string> usual = LibraryFolders.Usual(_environment);
        IEnumerable<string> then = names.SelectMany(
            name => usual.Select(folder => System.IO.Path.Combine(folder, name)).Prepend(name));
        return first.Concat(then);
    }

    private void LoadCompanions(string path, List<string> failures)
    {
        string? folder = System.IO.Path.GetDirectoryName(path);
        if (string.IsNullOrEmpty(folder)) return;
        foreach (string pattern in _companions)
        {
            string[] files = Directory.GetFiles(folder, pattern);
            if (files.Length == 0) failures.Add($"{System.IO.Path.Combine(folder, pattern)} (not there)");
            foreach (string file in files) LoadCompanion(file, failures);
        }
    }

    private static void LoadCompanion(string file, List<string> failures)
    {
        try
        {
            NativeLibrary.Load(file);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            failures.Add($"{file} ({Reason(exception)})");
        }
    }

    private string Found(string path, List<string> failures)
    {
        StringBuilder report = new($"{_title}: {path}");
        if (failures.Count > 0) report.Append(" (after: ").AppendJoin(", ", failures).Append(')');
        return report.ToString();
    }

    /// <returns>The platform loader's message; the first line is the same for every library.</returns>
    private static string Reason(Exception exception)
    {
        const StringSplitOptions Trimmed = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        string[] lines = exception.Message.Split('\n', Trimmed);
        return lines.Length > 1 ? string.Join("; ", lines[1..].Distinct()) : exception.Message;
    }

    private sealed record Outcome(nint Handle, string? Path, string Report);
}
