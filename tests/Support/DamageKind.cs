namespace GenKernels.Tests.Support;

/// <summary>What can happen to a file.</summary>
internal enum DamageKind
{
    /// <summary>A bit is the other one.</summary>
    Bit,

    /// <summary>A byte is another.</summary>
    Byte,

    /// <summary>A number of one to eight bytes is another, likely one at an edge.</summary>
    Number,

    /// <summary>The rest is missing.</summary>
    Cut,

    /// <summary>A part is missing.</summary>
    Lost,

    /// <summary>A part stands there twice in a row.</summary>
    Repeated,

    /// <summary>A part stands in another place too.</summary>
    Spliced,
}
