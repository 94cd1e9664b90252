namespace GenKernels.Runtime;

/// <summary>What a compiler builds into kernels on the CPU to find faults as they happen.</summary>
public enum Sanitizer
{
    /// <summary>Nothing: kernels run at their own speed.</summary>
    None,

    /// <summary>AddressSanitizer: reads and writes outside of tensors, shared and local arrays.</summary>
    Address,

    /// <summary>
    /// ThreadSanitizer: two threads that use the same number, one of them writing, with no barrier between them.
    /// </summary>
    Thread,
}
