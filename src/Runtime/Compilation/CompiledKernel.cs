namespace GenKernels.Runtime;

/// <summary>What a compiler and a loader tell of one kernel.</summary>
/// <param name="Handle">The function: of the driver on a GPU, the entry of the trampoline on the CPU.</param>
/// <param name="ParameterSizes">
/// In bytes; null where a driver cannot tell them, so that arguments go unchecked.
/// </param>
internal sealed record CompiledKernel(nint Handle, int[]? ParameterSizes);
