using System.Text;

namespace GenKernels.Runtime;

/// <summary>Writes files atomically: a kill or a full disk leaves the old file, not half a new one.</summary>
public static class AtomicFile
{
    private const int BufferSize = 1 << 16;
    private const string TemporarySuffix = ".tmp";
    private static readonly int s_randomLength = Path.GetRandomFileName().Length;

    // A writer locks its temporary file a moment after creating it; one that is older and not locked has no writer.
    private static readonly TimeSpan s_timeToLock = TimeSpan.FromMinutes(1);

    /// <summary>Writes a temporary file in the same folder, flushes it to disk and renames it over the path. What a
    /// killed writer of the same path left there is deleted.</summary>
    /// <param name="path">The file to create or replace; its folder must exist.</param>
    /// <param name="write">Writes the content and leaves the stream open; if it throws, the old file stays.</param>
    /// <exception cref="IOException">The folder is missing or takes no files, or the disk is full.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        RequirePlace(path);
        RemoveAbandoned(path);

        string temporary = $"{path}.{Path.GetRandomFileName()}{TemporarySuffix}";
        try
        {
            WriteAndRename(temporary, path, write);
        }
        catch (Exception fault)
        {
            RemoveQuietly(temporary);
            if (fault is not (IOException or UnauthorizedAccessException)) throw;
            throw new IOException($"cannot write {path}: {Reason(fault)}", fault);
        }
    }

    /// <param name="path">The file to create or replace; its folder must exist.</param>
    /// <param name="text">Written as UTF-8 without a byte order mark.</param>
    /// <inheritdoc cref="Write" path="/exception"/>
    public static void WriteText(string path, string text) => WriteBytes(path, Encoding.UTF8.GetBytes(text));

    /// <param name="path">The file to create or replace; its folder must exist.</param>
    /// <param name="bytes">The whole content.</param>
    /// <inheritdoc cref="Write" path="/exception"/>
    public static void WriteBytes(string path, ReadOnlyMemory<byte> bytes) =>
        Write(path, stream => stream.Write(bytes.Span));

    /// <returns>
    /// Whether a path, or what it links to, is a device: a file that is renamed over one takes its place for everybody.
    /// </returns>
    public static bool IsDevice(string path)
    {
        if (!File.Exists(path)) return false;
        string place = Path.GetFullPath(path);
        string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? place;
        return IsBelowDevices(place) || IsBelowDevices(target);
    }

    /// <summary>Looks whether a file can be written to a path, for work that takes long before it is.</summary>
    /// <param name="path">A file to create or replace.</param>
    /// <exception cref="IOException">It is a folder or device, or its folder is missing.</exception>
    public static void RequirePlace(string path)
    {
        if (Directory.Exists(path)) throw new IOException($"cannot write {path}: it is a folder; expected a file");
        if (IsDevice(path)) throw new IOException($"cannot write {path}: it is a device; expected a file");
        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (Directory.Exists(folder)) return;
        throw new IOException($"cannot write {path}: the folder {folder} does not exist");
    }

    private static bool IsBelowDevices(string place) =>
        place.StartsWith("/dev/", StringComparison.Ordinal) && !place.StartsWith("/dev/shm/", StringComparison.Ordinal);

    /// <summary>Renames the file while it is open, and so locked: nobody takes it for abandoned.</summary>
    private static void WriteAndRename(string temporary, string path, Action<Stream> write)
    {
        using FileStream stream =
            new(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, BufferSize);
        write(stream);
        stream.Flush(flushToDisk: true);
        File.Move(temporary, path, overwrite: true);
    }

    private static void RemoveAbandoned(string path)
    {
        FileInfo target = new(path);
        foreach (FileInfo file in target.Directory!.EnumerateFiles().Where(file => IsTemporary(file.Name, target.Name)))
        {
            if (DateTime.UtcNow - file.LastWriteTimeUtc < s_timeToLock) continue;
            try
            {
                using FileStream taken = new(file.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                file.Delete();
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // A live writer has it, or it may not be deleted; neither stands in the way of this file.
            }
        }
    }

    private static bool IsTemporary(string file, string name) =>
        file.Length == name.Length + 1 + s_randomLength + TemporarySuffix.Length
        && file.StartsWith(name + ".", StringComparison.Ordinal)
        && file.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    private static void RemoveQuietly(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The exception being handled says more than this one would.
        }
    }

    /// <summary>
    /// The system's message, cut before the name of the temporary file, which would tell the user nothing.
    /// </summary>
    private static string Reason(Exception fault) => fault.Message.ReplaceLineEndings(" ").Split(" : '")[0];
}
