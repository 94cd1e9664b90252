using System.Text.Json;

namespace GenKernels.Runtime;

/// <summary>
/// The known choices for a device: those measured on this machine, in a file in the kernel cache's folder that several
/// processes may write, and those of the read-only files in the folder <c>tuning</c> beside the program. A file is for
/// one device model and one version of its compiler and libraries.
/// </summary>
internal sealed class TuningTable
{
    private const int LockTries = 500;
    private static readonly TimeSpan s_betweenTries = TimeSpan.FromMilliseconds(10);

    private readonly Device _device;
    private readonly string _target;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string, string, string), TunedChoice> _own = [];
    private readonly Dictionary<(string, string, string), TunedChoice> _shipped = [];

    /// <param name="device">The device that the table is for.</param>
    /// <param name="shippedFolder">The folder of the files shipped with the program; it need not exist.</param>
    internal TuningTable(Device device, string shippedFolder)
    {
        _device = device;
        _target = device.TuningTarget;
        Path = System.IO.Path.Combine(device.Cache.Folder, $"tuning-{KernelCache.Key(_target)[..16]}.json");
        if (Directory.Exists(shippedFolder))
        {
            string[] files = Directory.GetFiles(shippedFolder, "*.json");
            foreach (string file in files.Order(StringComparer.Ordinal)) AddTo(_shipped, Read(file));
        }

        AddTo(_own, Read(Path));
    }

    /// <summary>The file that measured choices are written to; it need not exist yet.</summary>
    internal string Path { get; }

    /// <summary>All known choices; those measured here take precedence over shipped ones.</summary>
    internal IReadOnlyList<TunedChoice> Choices
    {
        get
        {
            lock (_lock) return [.. _own.Values, .. _shipped.Values.Where(choice => !_own.ContainsKey(choice.Key))];
        }
    }

    /// <returns>The choice of that key, or null.</returns>
    internal TunedChoice? Find((string Kernel, string Shape, string Source) key)
    {
        lock (_lock) return _own.GetValueOrDefault(key) ?? _shipped.GetValueOrDefault(key);
    }

    /// <summary>Adds a choice and writes the file, unless another process has stored one for the same key.</summary>
    /// <param name="choice">The measured choice.</param>
    /// <param name="algorithms">The names of the available algorithms.</param>
    /// <returns>
    /// The choice that stands: the other process' where its algorithm is available, else <paramref name="choice"/>.
    /// </returns>
    internal TunedChoice Add(TunedChoice choice, IReadOnlyCollection<string> algorithms)
    {
        lock (_lock)
        {
            try
            {
                Directory.CreateDirectory(_device.Cache.Folder);
                using FileStream? held = Hold();
                AddTo(_own, Read(Path));
                TunedChoice? first = _own.GetValueOrDefault(choice.Key);
                if (first is not null && algorithms.Contains(first.Algorithm)) return first;
                _own[choice.Key] = choice;
                new TuningFile(_target, [.. _own.Values]).Write(Path);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                _own[choice.Key] = choice;
                _device.Notice($"{_device}: what was measured is lost with this process: {fault.Message}");
            }

            return choice;
        }
    }

    /// <summary>Writes all known choices to another file, without the times of all algorithms.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal void Export(string path) =>
        new TuningFile(_target, [.. Choices.Select(choice => choice with { Algorithms = null })]).Write(path);

    private static void AddTo(
        Dictionary<(string, string, string), TunedChoice> choices, IEnumerable<TunedChoice> more)
    {
        foreach (TunedChoice choice in more) choices.TryAdd(choice.Key, choice);
    }

    /// <returns>The choices of a file; none where it is missing, damaged or for another device.</returns>
    private IReadOnlyList<TunedChoice> Read(string path)
    {
        try
        {
            if (!File.Exists(path)) return [];
            TuningFile file = TuningFile.Read(path);
            return file.Device == _target ? file.Choices : [];
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            _device.Notice($"{_device}: ignoring the tuning table {path}: {fault.Message}");
            return [];
        }
    }

    /// <returns>
    /// A lock file that keeps other processes from writing until it is disposed; null where another process holds it
    /// for more than 5 seconds, in which case a choice of theirs may get lost.
    /// </returns>
    /// <exception cref="IOException">The lock file cannot be created.</exception>
    private FileStream? Hold()
    {
        for (int attempt = 0; attempt < LockTries; attempt++)
        {
            if (FileLock.TryTake(Path + ".lock") is { } held) return held;
            Thread.Sleep(s_betweenTries);
        }

        return null;
    }
}
