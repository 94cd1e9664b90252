using GenKernels.Runtime;

namespace GenKernels.Cli.Profiling;

/// <summary>How a profile is taken and shown.</summary>
/// <param name="Steps">That are measured.</param>
/// <param name="WarmUp">Steps before them.</param>
/// <param name="Grouping">What makes a row.</param>
/// <param name="Order">What comes first: a word of <c>--sort</c>.</param>
/// <param name="Trace">The file of the trace, or null.</param>
/// <param name="IsJson">Whether the result is written for programs.</param>
internal sealed record ProfileRequest(
    int Steps, int WarmUp, ProfileGrouping Grouping, string Order, string? Trace, bool IsJson);
