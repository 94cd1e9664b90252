using System.Globalization;
using GenKernels.Runtime;

namespace GenKernels.Train.Runs;

/// <summary>The folder of one run, held by one live process at a time.</summary>
/// <remarks>
/// A killed process loses the lock (<see cref="FileLock"/>), and its folder can be taken over. The lock file is never
/// deleted: that could remove it from under another process's lock. The process id lies in a file beside it, for
/// messages only, because no other process can read a locked file.
/// </remarks>
public sealed class RunFolder : IDisposable
{
    /// <summary>Name of the lock file in a run's folder.</summary>
    public const string LockName = "run.lock";

    /// <summary>Name of the file that holds the process id of a live run.</summary>
    public const string ProcessName = "run.pid";

    private const int NumberLength = 5;

    private readonly FileStream _lock;

    private RunFolder(string path, FileStream lockStream)
    {
        (Path, _lock) = (path, lockStream);
        try
        {
            string process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            System.IO.File.WriteAllText(File(ProcessName), process);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>Creates and locks the next numbered folder, as <c>parent/00000-description</c>.</summary>
    /// <param name="parent">Created if missing.</param>
    /// <param name="description">Letters, digits, dots, dashes and underscores; at least one.</param>
    /// <returns>The folder, locked; the caller disposes it when the run ends.</returns>
    /// <exception cref="ArgumentException"><paramref name="description"/> has another character.</exception>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    public static RunFolder Create(string parent, string description)
    {
        if (description.Length == 0 || !description.All(IsPlain))
        {
            throw new ArgumentException("the description of a run must be letters, digits, '.', '-' and '_', "
                + $"got '{description}'");
        }

        Directory.CreateDirectory(parent);
        for (int number = NextNumber(parent); ; number++)
        {
            string path = System.IO.Path.Combine(parent, $"{number:D5}-{description}");
            Directory.CreateDirectory(path);
            if (TryLock(path) is { } taken) return new RunFolder(System.IO.Path.GetFullPath(path), taken);
        }
    }

    /// <summary>Locks a given folder, to start or resume a run in it.</summary>
    /// <param name="path">Created if missing.</param>
    /// <returns>The folder, locked; the caller disposes it when the run ends.</returns>
    /// <exception cref="IOException">Another live run holds the folder, or it cannot be created.</exception>
    public static RunFolder Open(string path)
    {
        Directory.CreateDirectory(path);
        FileStream taken = TryLock(path)
            ?? throw new IOException($"the folder {path} is in use by another run, process {Holder(path)}; "
                + "wait for it, or choose another folder");
        return new RunFolder(System.IO.Path.GetFullPath(path), taken);
    }

    /// <returns>The full path of <paramref name="name"/> in the folder; nothing is created.</returns>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Releases the folder.</summary>
    public void Dispose()
    {
        if (_lock.SafeFileHandle.IsClosed) return;
        System.IO.File.Delete(File(ProcessName));
        _lock.Dispose();
    }

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_';

    private static int NextNumber(string parent)
    {
        int next = 0;
        foreach (string folder in Directory.EnumerateDirectories(parent))
        {
            string name = System.IO.Path.GetFileName(folder);
            if (name.Length <= NumberLength || name[NumberLength] != '-') continue;
            if (!int.TryParse(name.AsSpan(0, NumberLength), NumberStyles.None, null, out int number)) continue;
            next = Math.Max(next, number + 1);
        }

        return next;
    }

    private static FileStream? TryLock(string path) => FileLock.TryTake(System.IO.Path.Combine(path, LockName));

    private static string Holder(string path)
    {
        try
        {
            return System.IO.File.ReadAllText(System.IO.Path.Combine(path, ProcessName)).Trim();
        }
        catch (IOException)
        {
            return "unknown";
        }
    }
}
