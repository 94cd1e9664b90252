namespace GenKernels.Train.LongVideo;

/// <summary>What one update said, averaged over its parts.</summary>
public sealed class StepStatistics
{
    private readonly string[] _names;
    private readonly double[] _sums;
    private int _count;

    internal StepStatistics(string[] names) => (_names, _sums) = (names, new double[names.Length]);

    /// <summary>The averages by name.</summary>
    public IReadOnlyDictionary<string, double> Values => _count == 0
        ? new Dictionary<string, double>()
        : _names.Zip(_sums).ToDictionary(pair => pair.First, pair => pair.Second / _count);

    /// <param name="values">Of one part, in the order of the names; what is beyond them is left.</param>
    internal void Add(ReadOnlySpan<float> values)
    {
        for (int index = 0; index < _sums.Length; index++) _sums[index] += values[index];
        _count++;
    }
}
