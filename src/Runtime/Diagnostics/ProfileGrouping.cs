namespace GenKernels.Runtime;

/// <summary>What of a step's work counts as the same.</summary>
public enum ProfileGrouping
{
    /// <summary>All launches of a kernel.</summary>
    Kernel,

    /// <summary>Those of a kernel in one type and variant.</summary>
    Variant,

    /// <summary>Those with tensors of the same shapes, too.</summary>
    Shape,
}
