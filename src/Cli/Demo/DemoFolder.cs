using GenKernels.Train.Runs;

namespace GenKernels.Cli.Demo;

/// <summary>The output folder of a demonstration. A note in the folder says that the next one may empty it.</summary>
internal sealed class DemoFolder
{
    private const string NoteName = "demo.txt";
    private const string Note = "Made by 'gk demo'. Running it again into this folder replaces everything here.\n";
    private const string ClipName = "clip", DataName = "dataset", RunName = "run";

    private static readonly string[] s_folders = [ClipName, DataName, RunName];
    private static readonly string[] s_files =
        [NoteName, "report.html", "real.mp4", "real.webp", "generated.mp4", "generated.webp"];

    private DemoFolder(string path) => Path = path;

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
    /// <exception cref="CommandException">The path is a file, or the folder holds anything else.</exception>
    /// <exception cref="IOException">Another demonstration is running there, or the folder cannot be
    /// emptied.</exception>
    internal static DemoFolder Prepare(string path)
    {
        DemoFolder folder = new(System.IO.Path.GetFullPath(path));
        folder.RequireOwn();
        Directory.CreateDirectory(folder.Path);
        folder.Empty();
        File.WriteAllText(folder.At(NoteName), Note);
        Directory.CreateDirectory(folder.Clip);
        return folder;
    }

    /// <returns>The full path of a video.</returns>
    /// <param name="name"><c>real</c> or <c>generated</c>.</param>
    /// <param name="extension">With its dot.</param>
    internal string Video(string name, string extension) => At(name + extension);

    private string At(string name) => System.IO.Path.Combine(Path, name);

    private void RequireOwn()
    {
        if (File.Exists(Path)) throw new CommandException($"{Path} is a file; --out must be a folder");
        if (!Directory.Exists(Path)) return;
        string[] names =
            [.. Directory.EnumerateFileSystemEntries(Path).Select(entry => System.IO.Path.GetFileName(entry))];
        string? foreign = names.Contains(NoteName)
            ? names.FirstOrDefault(name => !s_folders.Contains(name) && !s_files.Contains(name))
            : names.FirstOrDefault();
        if (foreign is null) return;
        throw new CommandException(
            $"{Path} contains {foreign}, which is not from a demo; choose another --out or an empty folder");
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
