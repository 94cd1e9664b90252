namespace GenKernels.Runtime;

/// <summary>
/// Lays out the arguments of a launch as the driver and the CPU trampolines take them: an array of value addresses.
/// </summary>
internal static unsafe class ArgumentValues
{
    /// <returns>
    /// The bytes that <see cref="Fill"/> needs for tensor maps, padding for their alignment included.
    /// </returns>
    internal static int BytesOfMaps(ReadOnlySpan<KernelArgument> arguments)
    {
        int count = 0;
        foreach (KernelArgument argument in arguments) count += argument.Map is null ? 0 : 1;
        return count == 0 ? 0 : (count * TensorMap.Bytes) + TensorMap.Alignment;
    }

    /// <param name="arguments">The arguments of the launch.</param>
    /// <param name="values">Receives the addresses, one per argument.</param>
    /// <param name="bits">Room for the values of all arguments that are not structures, one per argument.</param>
    /// <param name="maps">Room for tensor maps, <see cref="BytesOfMaps"/> bytes.</param>
    /// <param name="encode">Writes the tensor map of an argument.</param>
    internal static void Fill(
        ReadOnlySpan<KernelArgument> arguments, void** values, ulong* bits, byte* maps,
        delegate*<KernelArgument, byte*, void> encode)
    {
        maps += (TensorMap.Alignment - ((nint)maps % TensorMap.Alignment)) % TensorMap.Alignment;
        for (int index = 0; index < arguments.Length; index++)
        {
            KernelArgument argument = arguments[index];
            bits[index] = argument.Bits;
            values[index] = argument.IsStructure ? (void*)argument.Bits : bits + index;
            if (argument.Map is null) continue;
            encode(argument, maps);
            values[index] = maps;
            maps += TensorMap.Bytes;
        }
    }
}
