namespace GenKernels.Runtime;

/// <summary>A named range of a profiled step, from <see cref="Device.Range"/>.</summary>
/// <param name="Name">The name that was given.</param>
/// <param name="Depth">The number of ranges around it.</param>
/// <param name="Start">Time since the step began.</param>
/// <param name="Duration">Time on the device.</param>
public sealed record ProfiledRange(string Name, int Depth, TimeSpan Start, TimeSpan Duration);
