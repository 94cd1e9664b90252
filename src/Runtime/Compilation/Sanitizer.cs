namespace GenKernels.Runtime;

/// <summary>What looks for faults in kernels on the simt device as they happen.</summary>
public enum Sanitizer
{
    /// <summary>Nothing: kernels run at their own speed.</summary>
    None,

    /// <summary>AddressSanitizer of the compiler: reads and writes outside of tensors and arrays.</summary>
    Address,

    /// <summary>
    /// ThreadSanitizer of the compiler: two threads that use the same number, one of them writing, with no barrier
    /// between them.
    /// </summary>
    Thread,

    /// <summary>
    /// Every launch is run with its threads in forward, reverse and random order, and must give the same bits.
    /// </summary>
    Order,
}
