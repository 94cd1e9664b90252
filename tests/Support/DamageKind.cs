namespace GenKernels.Tests.Support;

/// <summary>What can happen to a file.</summary>
internal enum DamageKind
{
    /// <summary>One bit is flipped.</summary>
    Bit,

    /// <summary>One byte is replaced.</summary>
    Byte,

    /// <summary>A number of one to eight bytes is replaced, often by an edge case.</summary>
    Number,

    /// <summary>The file is truncated.</summary>
    Cut,

    /// <summary>A part is removed.</summary>
    Lost,

    /// <summary>A part is duplicated in place.</summary>
    Repeated,

    /// <summary>A part is copied over to another position.</summary>
    Spliced,
}
