namespace GenKernels.Runtime;

/// <summary>
/// The CPU with blocks of one thread and a warp of one: barriers and shuffles vanish, and the C++ compiler vectorises
/// what remains. The default where there is no GPU.
/// </summary>
public sealed class HostDevice : NativeDevice
{
    /// <param name="cache">Where compiled kernels are kept; the user's cache folder by default.</param>
    /// <param name="coreCount">Cores to use; all by default.</param>
    public HostDevice(KernelCache? cache = null, int? coreCount = null)
        : base(cache, coreCount, "#define GK_HOST 1\n")
    {
    }

    /// <inheritdoc/>
    public override string Name => "host";

    /// <inheritdoc/>
    public override DeviceKind Kind => DeviceKind.Host;

    /// <inheritdoc/>
    public override int WarpSize => 1;

    /// <inheritdoc/>
    public override int SharedBytesPerBlock => int.MaxValue;
}
