using System.Collections.Concurrent;

namespace GenKernels.Runtime;

/// <summary>
/// The autotuner of a device: chooses the fastest of several ways to do a piece of work, from earlier measurements or
/// by measuring when a shape is first met. Choices are stored in the folder of the kernel cache.
/// </summary>
/// <remarks>
/// Ways may sum in different orders: the same table gives the same bits, and training resumed on the same machine finds
/// the same table. Where bits must not depend on the machine, use <see cref="TuningPolicy.Off"/>, the default on the
/// CPU.
/// </remarks>
public sealed class Tuner
{
    // The factor by which the fastest way must beat the rule's to replace it; less may be noise.
    private const double Tie = 1.02;

    private readonly Device _device;
    private readonly Lock _measuring = new();
    private readonly ConcurrentDictionary<object, object> _known = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<(string, string, string), TunedChoice> _met = new();
    private readonly Lazy<TuningTable> _table;
    private TuningPolicy _policy;

    /// <param name="device">The device to choose for.</param>
    /// <param name="policy">The requested policy; null for the default of the kind of device.</param>
    internal Tuner(Device device, TuningPolicy? policy)
    {
        _device = device;
        _policy = policy ?? (device.Kind == DeviceKind.Cuda ? TuningPolicy.Measure : TuningPolicy.Off);
        _table = new Lazy<TuningTable>(() => new TuningTable(device, ShippedFolder));
    }

    /// <summary>
    /// How ways are chosen: by default as <c>GENKERNELS_TUNE</c> says (<c>measure</c>, <c>known</c>, <c>off</c>), else
    /// a GPU measures and the CPU follows the rule. Set it only while no other thread launches.
    /// </summary>
    public TuningPolicy Policy
    {
        get => _policy;
        set
        {
            _policy = value;
            _known.Clear();
        }
    }

    /// <summary>The file that choices are stored in; it need not exist yet.</summary>
    public string TablePath => _table.Value.Path;

    /// <summary>All known choices for the device.</summary>
    public IReadOnlyList<TunedChoice> Choices => _table.Value.Choices;

    /// <summary>The measured choices that were used since the device was opened.</summary>
    public IReadOnlyCollection<TunedChoice> Met => [.. _met.Values];

    /// <summary>Choices measured since the device was opened.</summary>
    public int MeasuredCount { get; private set; }

    /// <summary>Called for every choice that is measured; may be null.</summary>
    public Action<TunedChoice>? Measured { get; set; }

    /// <summary>The folder of the read-only tables; to be set before the first choice.</summary>
    internal string ShippedFolder { get; set; } = Path.Combine(AppContext.BaseDirectory, "tuning");

    /// <summary>
    /// Writes all known choices for the device to a file. In a folder <c>tuning</c> beside a program it is used on
    /// every machine with the same model of device and the same compiler and library versions.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Export(string path) => _table.Value.Export(path);

    /// <returns>The way to do a piece of work. For a key that was met before, nothing is allocated.</returns>
    /// <param name="work">
    /// The kind of work; always the same object, as known choices are kept by reference to it.
    /// </param>
    /// <param name="key">The piece of work.</param>
    internal TWay Choose<TKey, TWay>(ITunedWork<TKey, TWay> work, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TWay : struct
    {
        if (_policy == TuningPolicy.Off) return work.Rule(_device, key);
        object known = _known.GetOrAdd(work, static _ => new ConcurrentDictionary<TKey, TWay>());
        return ((ConcurrentDictionary<TKey, TWay>)known).TryGetValue(key, out TWay way)
            ? way : Meet(work, key, (ConcurrentDictionary<TKey, TWay>)known);
    }

    private TWay Meet<TKey, TWay>(
        ITunedWork<TKey, TWay> work, TKey key, ConcurrentDictionary<TKey, TWay> known)
        where TKey : struct, IEquatable<TKey>
        where TWay : struct
    {
        // Captured work does not run, so cannot be measured; work within a measurement follows the rule.
        if (_device.IsCapturing || _device.IsApart) return work.Rule(_device, key);
        lock (_measuring)
        {
            if (known.TryGetValue(key, out TWay way)) return way;
            return known[key] = Find(work, key);
        }
    }

    private TWay Find<TKey, TWay>(ITunedWork<TKey, TWay> work, TKey key)
        where TKey : struct, IEquatable<TKey>
        where TWay : struct
    {
        string source = KernelCache.Key([.. work.Sources.Select(file => file.Text)]);
        (string Kernel, string Shape, string Source) name = (work.Name, key.ToString()!, source);
        if (_table.Value.Find(name) is { } known)
        {
            foreach (TWay way in work.Ways(_device, key))
            {
                if (way.ToString() != known.Way) continue;
                _met[name] = known;
                return way;
            }
        }

        if (_policy != TuningPolicy.Measure) return work.Rule(_device, key);
        TWay[] ways = [.. work.Ways(_device, key)];
        string[] names = [.. ways.Select(way => way.ToString()!)];
        if (ways.Length == 1 || Measure(work, key, name, ways, names) is not { } choice) return ways[0];
        _met[name] = choice;
        return ways[Array.IndexOf(names, choice.Way)];
    }

    /// <returns>The choice; null where no way could be measured.</returns>
    private TunedChoice? Measure<TKey, TWay>(
        ITunedWork<TKey, TWay> work, TKey key, (string Kernel, string Shape, string Source) name,
        IReadOnlyList<TWay> ways, string[] names)
        where TKey : struct, IEquatable<TKey>
        where TWay : struct
    {
        (double Seconds, bool IsGlance, Exception? Fault)[]? times = Try(name, () =>
        {
            Compile(work.Modules(key, ways));
            Action<TWay> run = work.Prepare(_device, key);
            return WayTimer.Measure(_device, ways.Select(way => (Action)(() => run(way))));
        });
        if (times is null) return null;
        foreach ((int index, (_, _, Exception? fault)) in times.Index())
        {
            if (fault is null) continue;
            string reason = fault.Message.Split('\n')[0];
            _device.Notice($"{_device}: {name.Kernel} is not done by {names[index]} for {name.Shape}: {reason}");
        }

        double[] seconds = [.. times.Select(time => time.Seconds)];
        int best = Array.IndexOf(seconds, seconds.Min());
        if (seconds[0] <= seconds[best] * Tie) best = 0;
        if (!double.IsFinite(seconds[best])) return null;
        MeasuredCount++;
        TunedChoice measured = new(
            name.Kernel, name.Shape, name.Source, names[best], seconds[best] * 1e6, names[0], Microseconds(seconds[0]))
        {
            Ways =
            [
                .. times.Select((time, index) => new WayTime(names[index], Microseconds(time.Seconds), time.IsGlance))
                    .OrderBy(time => time.Microseconds ?? double.PositiveInfinity),
            ],
        };
        TunedChoice choice = _table.Value.Add(measured, names);
        Measured?.Invoke(choice);
        return choice;
    }

    private static double? Microseconds(double seconds) => double.IsFinite(seconds) ? seconds * 1e6 : null;

    /// <summary>Compiles ahead; a module that fails is reported when its way is tried.</summary>
    private void Compile(IEnumerable<(KernelSource Source, ElementType Type, string Variant)> modules)
    {
        try
        {
            _device.Prepare([.. modules]);
        }
        catch (CompilationException)
        {
        }
    }

    /// <summary>Measures apart from recording and observation, with memory that is freed whatever happens.</summary>
    /// <returns>The result; null where the device has no memory for the operands.</returns>
    private T? Try<T>((string Kernel, string Shape, string Source) name, Func<T> measure)
        where T : class
    {
        T? times = null;
        string label = _device.Memory.Label;
        _device.Apart(() =>
        {
            _device.Memory.Label = "tuning";
            try
            {
                using TensorScope scope = _device.Scope();
                times = measure();
            }
            catch (OutOfDeviceMemoryException fault)
            {
                _device.Notice($"{_device}: {name.Kernel} is not measured for {name.Shape}: {fault.Message}");
            }
            finally
            {
                _device.Memory.Label = label;
            }

            _device.Memory.Trim();
        });
        return times;
    }
}
