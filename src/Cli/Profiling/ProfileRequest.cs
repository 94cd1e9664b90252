using GenKernels.Runtime;

namespace GenKernels.Cli.Profiling;

/// <summary>How a profile is taken and shown.</summary>
/// <param name="Steps">Number of measured steps.</param>
/// <param name="WarmUp">Number of steps before them.</param>
/// <param name="Grouping">How launches are grouped into rows.</param>
/// <param name="Order">Order of the rows: a word of <c>--sort</c>.</param>
/// <param name="Trace">The file of the trace, or null.</param>
/// <param name="IsJson">Whether the result is written as JSON.</param>
internal sealed record ProfileRequest(
    int Steps, int WarmUp, ProfileGrouping Grouping, string Order, string? Trace, bool IsJson);
