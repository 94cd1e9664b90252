using System.Text.Json.Serialization;

namespace GenKernels.Runtime;

/// <summary>A measured choice: the fastest algorithm for a piece of work on a device.</summary>
/// <param name="Kernel">The name of the work.</param>
/// <param name="Shape">The key as text: type, sizes and options.</param>
/// <param name="Source">A hash of the kernels' sources: a choice holds only for the kernels that were measured.</param>
/// <param name="Algorithm">The algorithm to take: the fastest, or the rule's where that is within 2 % of it.</param>
/// <param name="Microseconds">Its time, the median of the rounds; that of a glance where no rounds were run.</param>
/// <param name="Rule">The algorithm that would be taken without measuring.</param>
/// <param name="RuleMicroseconds">The time of the rule's algorithm; null where it failed.</param>
public sealed record TunedChoice(
    string Kernel, string Shape, string Source, string Algorithm, double Microseconds, string Rule,
    double? RuleMicroseconds)
{
    /// <summary>
    /// All algorithms, the fastest first; null in exported tables, and in files from before they were stored.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AlgorithmTime>? Algorithms { get; init; }

    /// <summary>The key in tables.</summary>
    internal (string Kernel, string Shape, string Source) Key => (Kernel, Shape, Source);
}
