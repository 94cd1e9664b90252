namespace GenKernels.Runtime;

/// <summary>What one of several ways to do a piece of work took.</summary>
/// <param name="Name">Of the way.</param>
/// <param name="Microseconds">That it took; null where it failed.</param>
/// <param name="IsGlance">
/// Whether it was far slower than the fastest at first sight, and measured no further: the time between launches is
/// part of what it took.
/// </param>
public sealed record WayTime(string Name, double? Microseconds, bool IsGlance);
