using System.Collections.Concurrent;

namespace GenKernels.Runtime;

/// <summary>
/// The autotuner of a device: chooses the fastest of several algorithms for a piece of work, from earlier
/// measurements or by measuring when a shape is first met. Choices are stored in the folder of the kernel cache.
/// </summary>
/// <remarks>
/// Algorithms may sum in different orders: the same table gives the same bits, and training resumed on the same machine
/// finds the same table. Where bits must not depend on the machine, use <see cref="TuningPolicy.Off"/>, the default on
/// the CPU.
/// </remarks>
public sealed class Tuner
{
    // The factor by which the fastest algorithm must beat the rule's to replace it; less may be noise.
    private const double Tie = 1.02;

    private readonly Device _device;
    private readonly Lock _measuring = new();
    private readonly ConcurrentDictionary<object, object> _known = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<(string, string, string), TunedChoice> _used = new();
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
    /// How algorithms are chosen: by default as <c>GENKERNELS_TUNE</c> says (<c>measure</c>, <c>known</c>, <c>off</c>),
    /// else a GPU measures and the CPU follows the rule. Set it only while no other thread launches.
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
    public IReadOnlyCollection<TunedChoice> UsedChoices => [.. _used.Values];

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

    /// <returns>The algorithm for a piece of work. Nothing is allocated for a known key.</returns>
    /// <param name="work">
    /// The kind of work; always the same object, as known choices are kept by reference to it.
    /// </param>
    /// <param name="key">The piece of work.</param>
    internal TAlgorithm Choose<TKey, TAlgorithm>(ITunedWork<TKey, TAlgorithm> work, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TAlgorithm : struct
    {
        if (_policy == TuningPolicy.Off) return work.Rule(_device, key);
        object known = _known.GetOrAdd(work, static _ => new ConcurrentDictionary<TKey, TAlgorithm>());
        return ((ConcurrentDictionary<TKey, TAlgorithm>)known).TryGetValue(key, out TAlgorithm algorithm)
            ? algorithm : ChooseFirst(work, key, (ConcurrentDictionary<TKey, TAlgorithm>)known);
    }

    private TAlgorithm ChooseFirst<TKey, TAlgorithm>(
        ITunedWork<TKey, TAlgorithm> work, TKey key, ConcurrentDictionary<TKey, TAlgorithm> known)
        where TKey : struct, IEquatable<TKey>
        where TAlgorithm : struct
    {
        // Captured work does not run, so cannot be measured; work within a measurement follows the rule.
        if (_device.IsCapturing || _device.IsApart) return work.Rule(_device, key);
        lock (_measuring)
        {
            if (known.TryGetValue(key, out TAlgorithm algorithm)) return algorithm;
            return known[key] = Find(work, key);
        }
    }

    private TAlgorithm Find<TKey, TAlgorithm>(ITunedWork<TKey, TAlgorithm> work, TKey key)
        where TKey : struct, IEquatable<TKey>
        where TAlgorithm : struct
    {
        string source = KernelCache.Key([.. work.Sources.Select(file => file.Text)]);
        (string Kernel, string Shape, string Source) name = (work.Name, key.ToString()!, source);
        if (_table.Value.Find(name) is { } known)
        {
            foreach (TAlgorithm algorithm in work.Algorithms(_device, key))
            {
                if (algorithm.ToString() != known.Algorithm) continue;
                _used[name] = known;
                return algorithm;
            }
        }

        if (_policy != TuningPolicy.Measure) return work.Rule(_device, key);
        TAlgorithm[] algorithms = [.. work.Algorithms(_device, key)];
        string[] names = [.. algorithms.Select(algorithm => algorithm.ToString()!)];
        if (algorithms.Length == 1) return algorithms[0];
        if (Measure(work, key, name, algorithms, names) is not { } choice) return algorithms[0];
        _used[name] = choice;
        return algorithms[Array.IndexOf(names, choice.Algorithm)];
    }

    /// <returns>The choice; null where no algorithm could be measured.</returns>
    private TunedChoice? Measure<TKey, TAlgorithm>(
        ITunedWork<TKey, TAlgorithm> work, TKey key, (string Kernel, string Shape, string Source) name,
        IReadOnlyList<TAlgorithm> algorithms, string[] names)
        where TKey : struct, IEquatable<TKey>
        where TAlgorithm : struct
    {
        (double Seconds, bool IsGlance, Exception? Fault)[]? times = Try(name, () =>
        {
            Compile(work.Modules(key, algorithms));
            Action<TAlgorithm> run = work.Prepare(_device, key);
            return AlgorithmTimer.Measure(_device, algorithms.Select(algorithm => (Action)(() => run(algorithm))));
        });
        if (times is null) return null;
        foreach ((int index, (_, _, Exception? fault)) in times.Index())
        {
            if (fault is null) continue;
            string reason = fault.Message.Split('\n')[0];
            _device.Notice($"{_device}: {name.Kernel} is not done by {names[index]} for {name.Shape}: {reason}");
        }

        double[] seconds = [.. times.Select(time => time.Seconds)];
        int best = Best(seconds);
        if (!double.IsFinite(seconds[best])) return null;
        MeasuredCount++;
        TunedChoice measured = new(
            name.Kernel, name.Shape, name.Source, names[best], seconds[best] * 1e6, names[0], Microseconds(seconds[0]))
        {
            Algorithms =
            [
                .. times.Select((time, index) =>
                        new AlgorithmTime(names[index], Microseconds(time.Seconds), time.IsGlance))
                    .OrderBy(time => time.Microseconds ?? double.PositiveInfinity),
            ],
        };
        TunedChoice choice = _table.Value.Add(measured, names);
        Measured?.Invoke(choice);
        return choice;
    }

    /// <param name="seconds">The times of all algorithms, the rule's first; infinity for one that failed.</param>
    /// <returns>The index of the fastest, or 0 where the rule's is as fast but for noise.</returns>
    internal static int Best(double[] seconds)
    {
        int fastest = Array.IndexOf(seconds, seconds.Min());
        return seconds[0] <= seconds[fastest] * Tie ? 0 : fastest;
    }

    private static double? Microseconds(double seconds) => double.IsFinite(seconds) ? seconds * 1e6 : null;

    /// <summary>Compiles ahead; a module that fails is reported when its algorithm is tried.</summary>
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
