using System.Collections.Concurrent;

namespace GenKernels.Runtime;

/// <summary>
/// Chooses, where a kernel can do its work in several ways, the one that is fastest on a device: from what was measured
/// before, or by measuring when work of a shape is first met. Choices are kept in the folder of the kernel cache.
/// </summary>
/// <remarks>
/// Ways may add in another order: the same table gives the same bits, and a training that goes on on the same machine
/// has the same table. Where bits must not depend on a machine, the policy is <see cref="TuningPolicy.Off"/>, as it is
/// on the CPU unless it is set.
/// </remarks>
public sealed class Tuner
{
    // What the fastest must win by to be taken instead of the rule's: less may be chance.
    private const double Tie = 1.02;

    private readonly Device _device;
    private readonly Lock _measuring = new();
    private readonly ConcurrentDictionary<object, object> _known = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<(string, string, string), TunedChoice> _met = new();
    private readonly Lazy<TuningTable> _table;
    private TuningPolicy _policy;

    /// <param name="device">The one that it chooses for.</param>
    /// <param name="policy">What is asked for; null for the default of the kind of device.</param>
    internal Tuner(Device device, TuningPolicy? policy)
    {
        _device = device;
        _policy = policy ?? (device.Kind == DeviceKind.Cuda ? TuningPolicy.Measure : TuningPolicy.Off);
        _table = new Lazy<TuningTable>(() => new TuningTable(device, ShippedFolder));
    }

    /// <summary>
    /// What is done with work of several ways: by default what <c>GENKERNELS_TUNE</c> says (<c>measure</c>,
    /// <c>known</c>, <c>off</c>), else a GPU measures and the CPU goes by the rule. To be set where no other thread
    /// launches.
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

    /// <summary>The file that choices are kept in; it need not exist yet.</summary>
    public string TablePath => _table.Value.Path;

    /// <summary>All choices that are known for the device.</summary>
    public IReadOnlyList<TunedChoice> Choices => _table.Value.Choices;

    /// <summary>The measured choices that were asked for since the device was opened.</summary>
    public IReadOnlyCollection<TunedChoice> Met => [.. _met.Values];

    /// <summary>Choices measured since the device was opened.</summary>
    public int MeasuredCount { get; private set; }

    /// <summary>Told of every choice that is measured; null for nobody.</summary>
    public Action<TunedChoice>? Measured { get; set; }

    /// <summary>Where tables that are only read lie; to be set before the first choice.</summary>
    internal string ShippedFolder { get; set; } = Path.Combine(AppContext.BaseDirectory, "tuning");

    /// <summary>
    /// Writes all choices that are known for the device to a file. In a folder <c>tuning</c> beside a program it serves
    /// on every machine with such a device.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Export(string path) => _table.Value.Export(path);

    /// <returns>The way to do a piece of work. Of work that was met before it allocates nothing.</returns>
    /// <param name="work">One object for all work of a kind.</param>
    /// <param name="key">Which.</param>
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
        // What is captured is not run; and work within work that is being measured goes by the rule.
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

    /// <returns>The choice; null where none of the ways can be tried.</returns>
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

    /// <summary>A module that does not compile is told of when its way is tried.</summary>
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

    /// <summary>
    /// Measures with memory that is given back whatever happens, beside what is recorded and observed.
    /// </summary>
    /// <returns>The times; null where the device has no room for the operands.</returns>
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
