namespace GenKernels.Runtime;

/// <summary>One buffer of a recorded step, and its place in the arena.</summary>
/// <param name="Label">What the pool's label was when it was asked for.</param>
/// <param name="MadeBy">The kernel, or other work, that uses it first: the one that fills it.</param>
/// <param name="Bytes">Its size, rounded up to the arena's alignment.</param>
/// <param name="Offset">Bytes before it in the arena.</param>
/// <param name="FirstUse">The number of the work that uses it first, from 0.</param>
/// <param name="LastUse">The number of the work that uses it last.</param>
public sealed record PlannedBuffer(
    string Label, string MadeBy, long Bytes, long Offset, int FirstUse, int LastUse);
