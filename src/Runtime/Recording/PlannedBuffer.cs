namespace GenKernels.Runtime;

/// <summary>One temporary buffer of a recorded step, with its lifetime and its place in the arena.</summary>
/// <param name="Label">The memory pool's label when the buffer was requested.</param>
/// <param name="MadeBy">The kernel, or other work, that uses it first, and so writes it.</param>
/// <param name="Bytes">Its size, rounded up to the arena's alignment.</param>
/// <param name="Offset">Its offset in the arena in bytes.</param>
/// <param name="FirstUse">The index of the work that uses it first.</param>
/// <param name="LastUse">The index of the work that uses it last.</param>
public sealed record PlannedBuffer(
    string Label, string MadeBy, long Bytes, long Offset, int FirstUse, int LastUse);
