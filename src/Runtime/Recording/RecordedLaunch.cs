using System.Runtime.CompilerServices;

namespace GenKernels.Runtime;

/// <summary>
/// A launch of a recorded step, with its recorded arguments; the addresses of tensors follow their buffers.
/// </summary>
internal sealed unsafe class RecordedLaunch : RecordedWork
{
    private const int StructureAlignment = 16;
    private readonly Kernel _kernel;
    private readonly LaunchShape _shape;
    private readonly KernelArgument[] _arguments;
    private readonly TracedPlace[] _places;
    private readonly byte[] _structures;  // pinned, since launches take their addresses

    /// <param name="kernel">The kernel that is launched.</param>
    /// <param name="shape">The launch configuration.</param>
    /// <param name="arguments">The arguments; structures are copied.</param>
    /// <param name="placeOf">Finds the buffer and the offset of a tensor.</param>
    internal RecordedLaunch(
        Kernel kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments, Func<Tensor, TracedPlace> placeOf)
        : base(kernel.Name)
    {
        (_kernel, _shape) = (kernel, shape);
        _arguments = arguments.ToArray();
        _structures = CopyStructures(_arguments);
        _places = [.. _arguments.Select(argument => argument.Tensor).OfType<Tensor>().Select(placeOf)];
    }

    internal override ReadOnlySpan<TracedPlace> Places => _places;

    /// <summary>Whether a number or a structure holds an address from <paramref name="first"/> to below
    /// <paramref name="end"/>.</summary>
    internal bool HasHiddenAddress(long first, long end)
    {
        foreach (KernelArgument argument in _arguments)
        {
            if (argument.Tensor is null && !argument.IsStructure && argument.Size == 8 && Hides((long)argument.Bits))
            {
                return true;
            }
        }

        for (int at = 0; at < _structures.Length; at += sizeof(long))
        {
            if (Hides(BitConverter.ToInt64(_structures, at))) return true;
        }

        return false;

        bool Hides(long value) => value >= first && value < end;
    }

    /// <exception cref="LaunchException">The arguments are not those that the kernel declares.</exception>
    internal void CheckSizes() => _kernel.CheckSizes(_arguments);

    internal override void Bind()
    {
        int place = 0;
        for (int index = 0; index < _arguments.Length; index++)
        {
            if (_arguments[index].Tensor is not { } tensor) continue;
            _arguments[index] = _arguments[index].Of(_places[place++].View(tensor));
        }
    }

    internal override void Run(Device device) => device.Launch(_kernel, _shape, _arguments);

    private static byte[] CopyStructures(KernelArgument[] arguments)
    {
        int bytes = 0;
        foreach (KernelArgument argument in arguments) bytes += argument.IsStructure ? Aligned(argument.Size) : 0;
        if (bytes == 0) return [];
        byte[] copy = GC.AllocateArray<byte>(bytes + StructureAlignment, pinned: true);
        nint begin = (nint)Unsafe.AsPointer(ref copy[0]);
        int at = Aligned((int)(begin % StructureAlignment)) - (int)(begin % StructureAlignment);
        for (int index = 0; index < arguments.Length; index++)
        {
            if (!arguments[index].IsStructure) continue;
            int size = arguments[index].Size;
            new ReadOnlySpan<byte>((void*)arguments[index].Bits, size).CopyTo(copy.AsSpan(at));
            arguments[index] = KernelArgument.StructureAt(begin + at, size);
            at += Aligned(size);
        }

        return copy;
    }

    private static int Aligned(int size) => Quotient.Up(size, StructureAlignment) * StructureAlignment;
}
