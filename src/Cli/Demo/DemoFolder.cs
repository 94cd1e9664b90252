using System.Text;
using GenKernels.Runtime;
using GenKernels.Train.Runs;

namespace GenKernels.Cli.Demo;

/// <summary>
/// The output folder of a demonstration. A note in the folder says that the next one may empty it, and is locked
/// until this one ends.
/// </summary>
internal sealed class DemoFolder : IDisposable
{
    private const string NoteName = "demo.txt";
    private const string Note = "Made by 'gk demo'. Running it again into this folder replaces everything here.\n";
    private const string ClipName = "clip", DataName = "dataset", RunName = "run";

    // Those that end in .partial are of a video that was being written.
    private static readonly string[] s_folders =
    [
        ClipName, DataName, RunName,
        ".real.mp4.partial", ".real.webp.partial", ".generated.mp4.partial", ".generated.webp.partial",
    ];

    private static readonly string[] s_files =
        ["report.html", "real.mp4", "real.webp", "generated.mp4", "generated.webp"];

    private readonly FileStream _note;

    private DemoFolder(string path, FileStream note) => (Path, _note) = (path, note);

    /// <summary>The folder itself.</summary>
    internal string Path { get; }

    /// <summary>Holds the clip alone.</summary>
    internal string Clip => At(ClipName);

    /// <summary>The data set.</summary>
    internal string Data => At(DataName);

    /// <summary>The training run.</summary>
    internal string Run => At(RunName);

    /// <summary>The HTML page to look at.</summary>
    internal string Report => At("report.html");

    /// <param name="path">Created if missing; files of an earlier demonstration are deleted.</param>
    /// <returns>The caller disposes it when the demonstration ends.</returns>
    /// <exception cref="CommandException">
    /// The path is a file, the folder holds anything else, or another demonstration is running there.
    /// </exception>
    /// <exception cref="IOException">A run is going on there, or the folder cannot be emptied.</exception>
    internal static DemoFolder Prepare(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        RequireOwn(path);
        Directory.CreateDirectory(path);
        FileStream note = FileLock.TryTake(System.IO.Path.Combine(path, NoteName)) ?? throw new CommandException(
            $"{path} is in use by another 'gk demo'; wait for it, or choose another --out");
        DemoFolder folder = new(path, note);
        try
        {
            folder.Empty();
            note.SetLength(0);
            note.Write(Encoding.UTF8.GetBytes(Note));
            note.Flush();
            Directory.CreateDirectory(folder.Clip);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <returns>The full path of a video.</returns>
    /// <param name="name"><c>real</c> or <c>generated</c>.</param>
    /// <param name="extension">With its dot.</param>
    internal string Video(string name, string extension) => At(name + extension);

    /// <inheritdoc/>
    public void Dispose() => _note.Dispose();

    private string At(string name) => System.IO.Path.Combine(Path, name);

    private static void RequireOwn(string path)
    {
        if (File.Exists(path)) throw new CommandException($"{path} is a file; --out must be a folder");
        if (!Directory.Exists(path)) return;
        string[] names =
            [.. Directory.EnumerateFileSystemEntries(path).Select(entry => System.IO.Path.GetFileName(entry))];
        string? foreign = names.Contains(NoteName)
            ? names.FirstOrDefault(name => name != NoteName && !s_folders.Contains(name) && !s_files.Contains(name))
            : names.FirstOrDefault();
        if (foreign is null) return;
        throw new CommandException(
            $"{path} contains {foreign}, which is not from a demo; choose another --out or an empty folder");
    }

    private void Empty()
    {
        if (Directory.Exists(Run)) RunFolder.Open(Run).Dispose();  // throws while another process trains there
        foreach (string name in s_folders)
        {
            if (Directory.Exists(At(name))) Directory.Delete(At(name), recursive: true);
        }

        foreach (string name in s_files) File.Delete(At(name));
    }
}
