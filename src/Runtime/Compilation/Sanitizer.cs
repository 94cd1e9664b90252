namespace GenKernels.Runtime;

/// <summary>Which checker watches kernels on the simt device for faults as they run.</summary>
public enum Sanitizer
{
    /// <summary>None: kernels run at full speed.</summary>
    None,

    /// <summary>The compiler's AddressSanitizer: out-of-bounds accesses to tensors and arrays.</summary>
    Address,

    /// <summary>
    /// The compiler's ThreadSanitizer: data races, where two threads access the same memory, one of them writing, with
    /// no barrier in between.
    /// </summary>
    Thread,

    /// <summary>
    /// Every launch is run with its threads in forward, reverse and random order, and must give bitwise equal results.
    /// </summary>
    Order,
}
