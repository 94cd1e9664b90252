namespace GenKernels.Runtime;

/// <summary>Which work of a step a profile puts into one row.</summary>
public enum ProfileGrouping
{
    /// <summary>All launches of a kernel.</summary>
    Kernel,

    /// <summary>All launches of a kernel in one type and variant.</summary>
    Variant,

    /// <summary>All launches of a kernel in one type and variant with tensors of the same shapes.</summary>
    Shape,
}
