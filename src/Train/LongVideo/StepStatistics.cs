namespace GenKernels.Train.LongVideo;

/// <summary>Statistics of one update, averaged over its parts.</summary>
public sealed class StepStatistics
{
    private readonly string[] _names;
    private readonly double[] _sums;
    private readonly Dictionary<string, double> _notes = [];
    private int _count;

    internal StepStatistics(string[] names) => (_names, _sums) = (names, new double[names.Length]);

    /// <summary>The averages and the noted values, by name.</summary>
    public IReadOnlyDictionary<string, double> Values => _count == 0
        ? new Dictionary<string, double>()
        : _names.Zip(_sums, (name, sum) => KeyValuePair.Create(name, sum / _count)).Concat(_notes).ToDictionary();

    /// <summary>Adds a value that is not averaged.</summary>
    internal void Note(string name, double value) => _notes[name] = value;

    /// <param name="values">Statistics of one part, in the order of the names; any beyond them are ignored.</param>
    internal void Add(ReadOnlySpan<float> values)
    {
        for (int index = 0; index < _sums.Length; index++) _sums[index] += values[index];
        _count++;
    }
}
