namespace GenKernels.Runtime;

/// <summary>What a device did in a step, and when.</summary>
/// <param name="Duration">From begin to end on the device.</param>
/// <param name="WallTime">The same by the process' clock.</param>
/// <param name="Work">In the order in which it was given to the device.</param>
/// <param name="Ranges">Named parts, in the order in which they began.</param>
public sealed record ProfiledStep(
    TimeSpan Duration, TimeSpan WallTime, IReadOnlyList<ProfiledWork> Work, IReadOnlyList<ProfiledRange> Ranges);
