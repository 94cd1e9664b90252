using System.Text.Json.Serialization;

namespace GenKernels.Runtime;

/// <summary>One measured choice: which of several ways to do a piece of work is the fastest on a device.</summary>
/// <param name="Kernel">The work.</param>
/// <param name="Shape">Type, sizes and options, as text.</param>
/// <param name="Source">A hash of the kernels' text: a choice is for the kernels that were measured.</param>
/// <param name="Way">The fastest.</param>
/// <param name="Microseconds">That it took, the median of some rounds.</param>
/// <param name="Rule">The way that is taken where nothing is measured.</param>
/// <param name="RuleMicroseconds">That it took; null where it failed.</param>
public sealed record TunedChoice(
    string Kernel, string Shape, string Source, string Way, double Microseconds, string Rule, double? RuleMicroseconds)
{
    /// <summary>All ways, the fastest first; null in a table that is to be shipped, or from before they were kept.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<WayTime>? Ways { get; init; }

    /// <summary>What it is found by.</summary>
    internal (string Kernel, string Shape, string Source) Key => (Kernel, Shape, Source);
}
