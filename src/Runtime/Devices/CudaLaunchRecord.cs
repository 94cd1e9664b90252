using System.Text;

namespace GenKernels.Runtime;

/// <summary>
/// The last launch on a GPU, or library call. Launches are asynchronous, so that a failure in a kernel surfaces in a
/// later call, whose error should still name the kernel. Recording a launch allocates nothing. Thread-safe.
/// </summary>
internal sealed class CudaLaunchRecord
{
    private const int UsualArguments = 32;
    private readonly Lock _lock = new();
    private KernelArgument[] _arguments = new KernelArgument[UsualArguments];
    private int _argumentCount;
    private string? _name;
    private LaunchShape? _shape;

    /// <summary>
    /// Replaces the launch kept before; <paramref name="shape"/> is null for libraries, which do not tell theirs.
    /// </summary>
    internal void Set(string name, LaunchShape? shape, ReadOnlySpan<KernelArgument> arguments)
    {
        lock (_lock)
        {
            if (arguments.Length > _arguments.Length) _arguments = new KernelArgument[arguments.Length];
            arguments.CopyTo(_arguments);
            (_argumentCount, _name, _shape) = (arguments.Length, name, shape);
        }
    }

    /// <summary>Forgets the launch, which is known to have succeeded.</summary>
    internal void Clear()
    {
        lock (_lock) _name = null;
    }

    /// <returns>The launch in words, or null where none is pending.</returns>
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

        // The type of a four-byte number is no longer known: the bits of a float of usual magnitude are a huge integer.
        int integer = (int)argument.Bits;
        float real = BitConverter.Int32BitsToSingle(integer);
        bool isReal = MathF.Abs(real) is > 1e-20f and < 1e20f;
        return isReal ? $"{real:G9}" : $"{integer}";
    }
}
