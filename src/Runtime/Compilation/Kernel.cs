namespace GenKernels.Runtime;

/// <summary>A compiled kernel on a device.</summary>
public sealed class Kernel
{
    private readonly int[]? _parameterSizes;

    /// <param name="device">The device that it runs on.</param>
    /// <param name="name">The name in the source.</param>
    /// <param name="handle">See <see cref="Handle"/>.</param>
    /// <param name="parameterSizes">
    /// In bytes; null where a driver cannot tell them, so that arguments go unchecked.
    /// </param>
    internal Kernel(Device device, string name, nint handle, int[]? parameterSizes)
    {
        Device = device;
        Name = name;
        Handle = handle;
        _parameterSizes = parameterSizes;
    }

    /// <summary>The device that it runs on.</summary>
    public Device Device { get; }

    /// <summary>The name in the source.</summary>
    public string Name { get; }

    /// <summary>The module that it belongs to.</summary>
    public KernelModule? Module { get; internal set; }

    /// <summary>
    /// The sizes in bytes of the parameters that the kernel declares; empty where a driver cannot tell them.
    /// </summary>
    public ReadOnlySpan<int> ParameterSizes => _parameterSizes;

    /// <summary>The function: of the driver on a GPU, the entry of the trampoline on the CPU.</summary>
    internal nint Handle { get; }

    /// <summary>Launches the kernel on the device's stream.</summary>
    /// <param name="shape">Grid, block and dynamic shared memory.</param>
    /// <param name="arguments">In the order of the kernel's parameters.</param>
    /// <exception cref="LaunchException">
    /// Number or size of the arguments differ from what the kernel declares, or the launch failed.
    /// </exception>
    public void Launch(LaunchShape shape, params ReadOnlySpan<KernelArgument> arguments)
    {
        if (_parameterSizes is not null) CheckSizes(_parameterSizes, arguments);
        for (int index = 0; index < arguments.Length; index++)
        {
            if (arguments[index].Tensor is { } tensor && tensor.Device != Device)
            {
                throw new LaunchException(
                    $"{Name}: argument {index} lies on {tensor.Device}, the kernel runs on {Device}");
            }
        }

        Device.Launch(this, shape, arguments);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} on {Device}";

    private void CheckSizes(int[] sizes, ReadOnlySpan<KernelArgument> arguments)
    {
        if (arguments.Length != sizes.Length)
        {
            throw new LaunchException(
                $"{Name}: the kernel takes {sizes.Length} arguments, its launcher gave {arguments.Length}");
        }

        for (int index = 0; index < arguments.Length; index++)
        {
            if (arguments[index].Size != sizes[index])
            {
                throw new LaunchException(
                    $"{Name}: argument {index} has {arguments[index].Size} bytes, the kernel takes {sizes[index]}");
            }
        }
    }
}
