namespace GenKernels.Runtime;

/// <summary>A timeline of what a device did in a step.</summary>
/// <param name="Duration">Time from begin to end on the device.</param>
/// <param name="WallTime">The same by the host's clock.</param>
/// <param name="Work">Work in the order in which it was enqueued.</param>
/// <param name="Ranges">Named ranges, in the order in which they began.</param>
public sealed record ProfiledStep(
    TimeSpan Duration, TimeSpan WallTime, IReadOnlyList<ProfiledWork> Work, IReadOnlyList<ProfiledRange> Ranges);
