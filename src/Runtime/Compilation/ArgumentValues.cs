namespace GenKernels.Runtime;

/// <summary>Lays the arguments of a launch out as drivers want them: the address of each value.</summary>
internal static unsafe class ArgumentValues
{
    /// <returns>The bytes that <see cref="Fill"/> needs for maps of tensors.</returns>
    internal static int BytesOfMaps(ReadOnlySpan<KernelArgument> arguments)
    {
        int count = 0;
        foreach (KernelArgument argument in arguments) count += argument.Map is null ? 0 : 1;
        return count == 0 ? 0 : (count * TensorMap.Bytes) + TensorMap.Alignment;
    }

    /// <param name="arguments">What is launched with.</param>
    /// <param name="values">Gets the addresses, one an argument.</param>
    /// <param name="bits">Room for the values that are no structures, one an argument.</param>
    /// <param name="maps">Room for maps.</param>
    /// <param name="encode">Writes the map of an argument.</param>
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
