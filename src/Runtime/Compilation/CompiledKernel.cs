namespace GenKernels.Runtime;

/// <summary>One kernel, compiled and loaded.</summary>
/// <param name="Handle">
/// The driver's function on a GPU; the trampoline's entry point on the CPU, or a number in <see cref="LaunchRunner"/>.
/// </param>
/// <param name="ParameterSizes">
/// In bytes; null where a driver cannot report them, so that arguments go unchecked.
/// </param>
internal sealed record CompiledKernel(nint Handle, int[]? ParameterSizes);
