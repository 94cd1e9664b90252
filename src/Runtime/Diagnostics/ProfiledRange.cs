namespace GenKernels.Runtime;

/// <summary>A named part of a profiled step, from <see cref="Device.Range"/>.</summary>
/// <param name="Name">As it was given.</param>
/// <param name="Depth">Parts that it lies in.</param>
/// <param name="Start">Since the step began.</param>
/// <param name="Duration">On the device.</param>
public sealed record ProfiledRange(string Name, int Depth, TimeSpan Start, TimeSpan Duration);
