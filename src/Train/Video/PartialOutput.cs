using GenKernels.Runtime;

namespace GenKernels.Train.Video;

/// <summary>A file or folder that has a temporary place until it is complete.</summary>
/// <remarks>
/// It is made in the hidden folder <c>.name.partial</c> beside its destination <c>name</c>, together with what else
/// must not outlive it; <see cref="Commit()"/> moves it, Dispose deletes the folder. The folder is locked: what a
/// killed process has left in it is deleted by the next, what a live one makes there is not.
/// </remarks>
internal sealed class PartialOutput : IDisposable
{
    private const string LockName = "partial.lock";

    private readonly string _place;
    private readonly string _name;
    private readonly string _folder;
    private readonly FileStream _lock;

    /// <param name="destination">Final path of the output; missing folders are created.</param>
    /// <exception cref="IOException">
    /// It is being written already, a folder of somebody else's has its temporary name, or there is no room.
    /// </exception>
    public PartialOutput(string destination)
    {
        destination = System.IO.Path.GetFullPath(destination);
        _place = System.IO.Path.GetDirectoryName(destination)
            ?? throw new ArgumentException($"{destination} is no place for an output");
        _name = System.IO.Path.GetFileName(destination);
        _folder = System.IO.Path.Combine(_place, $".{_name}.partial");
        Directory.CreateDirectory(_folder);
        if (!System.IO.File.Exists(File(LockName)) && Directory.EnumerateFileSystemEntries(_folder).Any())
        {
            throw new IOException($"{destination}: cannot be made in {_folder}, which holds files of another program");
        }
        _lock = FileLock.TryTake(File(LockName))
            ?? throw new IOException($"{destination}: is already being written; wait for it, or choose another place");
        Clear();
    }

    /// <summary>Temporary path to write to.</summary>
    public string Path => File(_name);

    /// <returns>The path of another file in the same folder; nothing is created.</returns>
    public string File(string name) => System.IO.Path.Combine(_folder, name);

    /// <summary>
    /// Flushes the output at <see cref="Path"/> to the disk, if it is a file, and moves it to its destination; replaces
    /// a file or an empty folder.
    /// </summary>
    public void Commit() => Commit(_name);

    /// <summary>Does the same with another file of the folder, which keeps its name.</summary>
    /// <param name="name">As given to <see cref="File"/>.</param>
    public void Commit(string name)
    {
        (string made, string destination) = (File(name), System.IO.Path.Combine(_place, name));
        if (Directory.Exists(made))
        {
            if (Directory.Exists(destination)) Directory.Delete(destination);  // must be empty, or this throws
            Directory.Move(made, destination);
        }
        else
        {
            using (FileStream file = new(made, FileMode.Open, FileAccess.ReadWrite)) file.Flush(flushToDisk: true);
            System.IO.File.Move(made, destination, overwrite: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_lock.SafeFileHandle.IsClosed) return;
        Clear();
        Directory.Delete(_folder, recursive: true);  // while it is locked, so that it cannot be another process's
        _lock.Dispose();
    }

    /// <summary>Deletes all but the lock, which marks the folder as one of ours.</summary>
    private void Clear()
    {
        foreach (string folder in Directory.GetDirectories(_folder)) Directory.Delete(folder, recursive: true);
        foreach (string file in Directory.GetFiles(_folder).Where(file => file != File(LockName)))
        {
            System.IO.File.Delete(file);
        }
    }
}
