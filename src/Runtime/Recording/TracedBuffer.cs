namespace GenKernels.Runtime;

/// <summary>
/// A buffer that a recorded step uses: a temporary one, which gets a place in the arena, or one from outside.
/// </summary>
internal sealed class TracedBuffer
{
    private readonly DeviceBuffer? _own;
    private DeviceBuffer? _home;

    /// <param name="buffer">
    /// The buffer as allocated, or as promised by the recorder; unused while it lies in the arena.
    /// </param>
    /// <param name="bytes">The size.</param>
    /// <param name="label">The memory pool's label when it was requested.</param>
    internal TracedBuffer(DeviceBuffer? buffer, long bytes, string label)
    {
        (_own, Bytes, Label) = (buffer, bytes, label);
    }

    internal long Bytes { get; }

    internal string Label { get; }

    /// <summary>The work that used it first.</summary>
    internal string MadeBy { get; private set; } = "";

    /// <summary>The index of the work that uses it first; -1 for none.</summary>
    internal int FirstUse { get; private set; } = -1;

    /// <summary>The index of the work that uses it last; -1 for none.</summary>
    internal int LastUse { get; private set; } = -1;

    /// <summary>Whether nothing outside the step refers to it, so that it lies in the arena.</summary>
    internal bool IsTemporary { get; set; }

    /// <summary>Its offset in the arena in bytes.</summary>
    internal long Offset { get; set; }

    /// <summary>The memory that holds it: the arena, or its own.</summary>
    internal DeviceBuffer Home => _home ?? throw new InvalidOperationException("the recorded step has no memory yet");

    /// <summary>Its offset in <see cref="Home"/> in bytes.</summary>
    internal long HomeOffset => IsTemporary ? Offset : 0;

    internal void Use(int work, string name)
    {
        if (FirstUse < 0) (FirstUse, MadeBy) = (work, name);
        LastUse = work;
    }

    /// <param name="arena">The memory of temporary buffers.</param>
    internal void Bind(DeviceBuffer? arena) => _home = IsTemporary ? arena : _own;
}
