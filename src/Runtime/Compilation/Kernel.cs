namespace GenKernels.Runtime;

/// <summary>A compiled kernel on a device.</summary>
public sealed class Kernel
{
    private readonly int[] _parameterSizes;

    internal Kernel(Device device, string name, nint handle, int[] parameterSizes)
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

    /// <summary>The sizes in bytes of the parameters that the compiled kernel declares.</summary>
    public ReadOnlySpan<int> ParameterSizes => _parameterSizes;

    /// <summary>The function: of the driver on a GPU, the entry of the trampoline on the CPU.</summary>
    internal nint Handle { get; }

    /// <summary>Launches the kernel on the device's stream.</summary>
    /// <param name="shape">Grid, block and dynamic shared memory.</param>
    /// <param name="arguments">In the order of the kernel's parameters.</param>
    /// <exception cref="LaunchException">Number or size of the arguments differ from what the kernel declares, or the launch failed.</exception>
    public void Launch(LaunchShape shape, params ReadOnlySpan<KernelArgument> arguments)
    {
        if (arguments.Length != _parameterSizes.Length)
        {
            throw new LaunchException(
                $"{Name}: the kernel takes {_parameterSizes.Length} arguments, its launcher gave {arguments.Length}");
        }

        for (int index = 0; index < arguments.Length; index++)
        {
            if (arguments[index].Size != _parameterSizes[index])
            {
                throw new LaunchException(
                    $"{Name}: argument {index} has {arguments[index].Size} bytes, the kernel takes {_parameterSizes[index]}");
            }

            if (arguments[index].Tensor is { } tensor && tensor.Device != Device)
            {
                throw new LaunchException($"{Name}: argument {index} lies on {tensor.Device}, the kernel runs on {Device}");
            }
        }

        Device.Launch(this, shape, arguments);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} on {Device}";
}
