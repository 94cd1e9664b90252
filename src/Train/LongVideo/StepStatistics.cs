namespace GenKernels.Train.LongVideo;

/// <summary>What one update said, averaged over its clips.</summary>
public sealed class StepStatistics
{
    private readonly Dictionary<string, (double Sum, int Count)> _values = [];

    /// <summary>The averages by name.</summary>
    public IReadOnlyDictionary<string, double> Values =>
        _values.ToDictionary(pair => pair.Key, pair => pair.Value.Sum / pair.Value.Count);

    internal void Add(string name, double value)
    {
        (double sum, int count) = _values.GetValueOrDefault(name);
        _values[name] = (sum + value, count + 1);
    }
}
