namespace GenKernels.Runtime;

/// <summary>A kernel of a module on a device.</summary>
public sealed class Kernel
{
    private readonly int _index;

    /// <param name="device">The device that it runs on.</param>
    /// <param name="module">The module that it belongs to.</param>
    /// <param name="name">The name in the source.</param>
    /// <param name="index">Its index in the module.</param>
    internal Kernel(Device device, KernelModule module, string name, int index)
    {
        (Device, Module, Name) = (device, module, name);
        _index = index;
    }

    /// <summary>The device that it runs on.</summary>
    public Device Device { get; }

    /// <summary>The name in the source.</summary>
    public string Name { get; }

    /// <summary>The module that it belongs to.</summary>
    public KernelModule Module { get; }

    /// <summary>
    /// The sizes in bytes of the parameters that the kernel declares; empty where a driver cannot report them.
    /// </summary>
    public ReadOnlySpan<int> ParameterSizes => Compiled.ParameterSizes;

    /// <inheritdoc cref="CompiledKernel.Handle"/>
    internal nint Handle => Compiled.Handle;

    private CompiledKernel Compiled => Module.Compiled(_index);

    /// <summary>Launches the kernel on the device's stream.</summary>
    /// <param name="shape">Grid, block and dynamic shared memory.</param>
    /// <param name="arguments">In the order of the kernel's parameters.</param>
    /// <exception cref="LaunchException">
    /// The number or sizes of the arguments differ from what the kernel declares; a tensor is on another device; the
    /// grid is empty, or exceeds a GPU's limits on a device with warps; or the launch failed. While a step is recorded
    /// the kernel may still be compiling, so argument sizes are checked at the end of the recording.
    /// </exception>
    public void Launch(LaunchShape shape, params ReadOnlySpan<KernelArgument> arguments)
    {
        if (Device.Recorder is null) CheckSizes(arguments);
        if (!shape.HasBlocks)
        {
            throw new LaunchException($"{Name} with {shape}: a grid has at least 1 block along x, y and z");
        }

        if (Device.WarpSize > 1 && !shape.FitsGrid)
        {
            throw new LaunchException(
                $"{Name} with {shape}: a grid has at most 2^31 - 1 blocks along x and 65,535 along y and z");
        }

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

    /// <summary>Checks arguments against the kernel's parameters, where their sizes are known.</summary>
    /// <exception cref="LaunchException">Their number or sizes differ.</exception>
    internal void CheckSizes(ReadOnlySpan<KernelArgument> arguments)
    {
        if (Compiled.ParameterSizes is not { } sizes) return;
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
