namespace GenKernels.Runtime;

/// <summary>What looks for faults in kernels on the simt device as they happen.</summary>
public enum Sanitizer
{
    /// <summary>Nothing: kernels run at their own speed.</summary>
    None,

    /// <summary>The compiler's AddressSanitizer: reads and writes outside of tensors, shared and local arrays.</summary>
    Address,

    /// <summary>
    /// The compiler's ThreadSanitizer: two threads that use the same number, one of them writing, with no barrier between them.
    /// </summary>
    Thread,

    /// <summary>
    /// Every launch is run with its threads in forward, reverse and random order, and must give the same bits.
    /// </summary>
    Order,
}
