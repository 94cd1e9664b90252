namespace GenKernels.Runtime;

/// <summary>A buffer that a recorded step uses: one of its own, which gets a place in the arena, or one from outside.
/// </summary>
internal sealed class TracedBuffer
{
    private readonly DeviceBuffer? _own;
    private DeviceBuffer? _home;

    /// <param name="buffer">Memory that stays where it is, or null for what lies in the arena.</param>
    /// <param name="bytes">The size.</param>
    /// <param name="label">The pool's label when it was asked for.</param>
    internal TracedBuffer(DeviceBuffer? buffer, long bytes, string label)
    {
        (_own, Bytes, Label) = (buffer, bytes, label);
    }

    internal long Bytes { get; }

    internal string Label { get; }

    /// <summary>The work that used it first.</summary>
    internal string MadeBy { get; private set; } = "";

    /// <summary>The number of the work that uses it first; -1 for none.</summary>
    internal int FirstUse { get; private set; } = -1;

    /// <summary>The number of the work that uses it last.</summary>
    internal int LastUse { get; private set; } = -1;

    /// <summary>Whether nothing but the step knows it, so that it lies in the arena.</summary>
    internal bool IsTemporary { get; set; }

    /// <summary>Bytes before it in the arena.</summary>
    internal long Offset { get; set; }

    /// <summary>The memory in which it lies.</summary>
    internal DeviceBuffer Home => _home ?? throw new InvalidOperationException("the recorded step has no memory yet");

    /// <summary>Bytes of <see cref="Home"/> before it.</summary>
    internal long HomeOffset => IsTemporary ? Offset : 0;

    internal void Use(int work, string name)
    {
        if (FirstUse < 0) (FirstUse, MadeBy) = (work, name);
        LastUse = work;
    }

    /// <param name="arena">Where what is temporary lies.</param>
    internal void Bind(DeviceBuffer? arena) => _home = IsTemporary ? arena : _own;
}
