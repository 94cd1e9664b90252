namespace GenKernels.Runtime;

/// <summary>What a device does where a kernel can do its work in several ways.</summary>
public enum TuningPolicy
{
    /// <summary>Takes the way that a rule names: the same on every machine, and so the same bits.</summary>
    Off,

    /// <summary>Takes the way that a table knows to be the fastest; the rule's where none does.</summary>
    Known,

    /// <summary>As <see cref="Known"/>; what no table knows is measured when it is first met, and kept.</summary>
    Measure,
}
