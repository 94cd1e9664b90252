using System.Text;

namespace GenKernels.Runtime;

/// <summary>
/// The last launch on a GPU, or call of a library. A kernel runs later than its launch, so that what fails in it is
/// only seen by a later call, which must tell the kernel all the same. Nothing is allocated for a launch. Any number of
/// threads may launch at once.
/// </summary>
internal sealed class CudaLaunchRecord
{
    private const int UsualArguments = 32;
    private readonly Lock _lock = new();
    private KernelArgument[] _arguments = new KernelArgument[UsualArguments];
    private int _argumentCount;
    private string? _name;
    private LaunchShape? _shape;

    /// <summary>Keeps a launch in the place of the one before; a library does not tell the shape of its own.</summary>
    internal void Set(string name, LaunchShape? shape, ReadOnlySpan<KernelArgument> arguments)
    {
        lock (_lock)
        {
            if (arguments.Length > _arguments.Length) _arguments = new KernelArgument[arguments.Length];
            arguments.CopyTo(_arguments);
            (_argumentCount, _name, _shape) = (arguments.Length, name, shape);
        }
    }

    /// <summary>Forgets the launch: it is known to have ended well.</summary>
    internal void Clear()
    {
        lock (_lock) _name = null;
    }

    /// <returns>The launch in words, or null where none is open.</returns>
    internal string? Describe()
    {
        lock (_lock) return _name is null ? null : Describe(_name, _shape, _arguments.AsSpan(0, _argumentCount));
    }

    /// <returns>Kernel, grid, block, shared memory and arguments.</returns>
    internal static string Describe(string kernel, LaunchShape? shape, ReadOnlySpan<KernelArgument> arguments)
    {
        StringBuilder text = new($"{kernel} with {(shape is null ? "" : $"{shape}, ")}arguments (");
        for (int index = 0; index < arguments.Length; index++)
        {
            text.Append(index == 0 ? "" : ", ").Append(Describe(arguments[index]));
        }

        return text.Append(')').ToString();
    }

    private static string Describe(KernelArgument argument)
    {
        if (argument.Tensor is { } tensor) return $"{tensor.Type} {tensor.Shape} at 0x{argument.Bits:X}";
        if (argument.IsStructure) return $"a structure of {argument.Size} bytes";
        if (argument.Size != sizeof(int)) return $"0x{argument.Bits:X}";

        // The kind of a four-byte number is not known any more: a float of usual size is a huge integer.
        int integer = (int)argument.Bits;
        float real = BitConverter.Int32BitsToSingle(integer);
        bool isReal = MathF.Abs(real) is > 1e-20f and < 1e20f;
        return isReal ? $"{real:G9}" : $"{integer}";
    }
}
