namespace GenKernels.Runtime;

/// <summary>How a device chooses among several algorithms for a piece of work.</summary>
public enum TuningPolicy
{
    /// <summary>
    /// Takes the rule's algorithm, which depends on no measurement: the same on every machine with such a device, and
    /// so the same bits.
    /// </summary>
    Off,

    /// <summary>Takes the fastest algorithm from a table, and the rule's where no table has the key.</summary>
    Known,

    /// <summary>
    /// As <see cref="Known"/>, but a key that no table has is measured when it is first met, and the choice stored.
    /// </summary>
    Measure,
}
