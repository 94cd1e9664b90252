using System.Text.Json;

namespace GenKernels.Runtime;

/// <summary>
/// The choices that are known for a device: those measured on this machine, in a file of the kernel cache that several
/// processes may write, and those of the files in the folder <c>tuning</c> beside the program, which are only read. A
/// file is for one model of a device and one version of its compiler and libraries.
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

    /// <param name="device">The one that it is for.</param>
    /// <param name="shippedFolder">Where the files lie that came with the program; it need not exist.</param>
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

    /// <summary>The file that what is measured goes to; it need not exist yet.</summary>
    internal string Path { get; }

    /// <summary>All that is known; what was measured here counts more than what came with the program.</summary>
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

    /// <summary>Adds a choice and writes the file, unless another process did so for the same work before.</summary>
    /// <param name="choice">What was measured.</param>
    /// <param name="ways">The names of the ways there are.</param>
    /// <returns>The choice that holds: whoever was first.</returns>
    internal TunedChoice Add(TunedChoice choice, IReadOnlyCollection<string> ways)
    {
        lock (_lock)
        {
            try
            {
                Directory.CreateDirectory(_device.Cache.Folder);
                using FileStream? held = Hold();
                AddTo(_own, Read(Path));
                if (_own.TryGetValue(choice.Key, out TunedChoice? first) && ways.Contains(first.Way)) return first;
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

    /// <summary>Writes all that is known to a file of its own.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal void Export(string path) =>
        new TuningFile(_target, [.. Choices.Select(choice => choice with { Ways = null })]).Write(path);

    private static void AddTo(
        Dictionary<(string, string, string), TunedChoice> choices, IEnumerable<TunedChoice> more)
    {
        foreach (TunedChoice choice in more) choices.TryAdd(choice.Key, choice);
    }

    /// <returns>The choices of a file for this device; none where there is no such file, or it is damaged.</returns>
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
            _device.Notice($"{_device}: the tuning table {path} is left aside: {fault.Message}");
            return [];
        }
    }

    /// <returns>What keeps other processes from writing until it is disposed; null where one keeps it too long, and
    /// then a choice of theirs may get lost.</returns>
    private FileStream? Hold()
    {
        for (int attempt = 0; attempt < LockTries; attempt++)
        {
            try
            {
                return new FileStream(Path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Sleep(s_betweenTries);
            }
        }

        return null;
    }
}
