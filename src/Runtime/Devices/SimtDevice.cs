using System.Runtime.InteropServices;

namespace GenKernels.Runtime;

/// <summary>
/// The CPU in the shape of a GPU: real block sizes, warps of 32, each thread of a block a fiber. It finds races (by
/// running threads in another order), barriers that not every thread reaches, and reads of memory that nobody wrote.
/// </summary>
public sealed unsafe class SimtDevice : NativeDevice
{
    private readonly ThreadOrder _order;
    private readonly bool _poison;
    private readonly FiberStacks _stacks;

    /// <param name="cache">Where compiled kernels are kept; the user's cache folder by default.</param>
    /// <param name="order">The order in which the threads of a block run between barriers.</param>
    /// <param name="poison">Whether shared memory and new tensors are filled with NaN.</param>
    /// <param name="coreCount">Cores to use; all by default.</param>
    public SimtDevice(
        KernelCache? cache = null, ThreadOrder order = ThreadOrder.Forward, bool poison = true, int? coreCount = null)
        : base(cache, coreCount, "#define GK_SIMT 1\n")
    {
        _order = order;
        _poison = poison;
        _stacks = new FiberStacks(ProcessorCount);
    }

    /// <inheritdoc/>
    public override string Name => "simt";

    /// <inheritdoc/>
    public override DeviceKind Kind => DeviceKind.Simt;

    /// <inheritdoc/>
    public override int WarpSize => 32;

    internal override void OnAllocated(Tensor tensor)
    {
        // All bits set is a NaN in every float type.
        if (_poison) NativeMemory.Fill((void*)tensor.Address, (nuint)tensor.Bytes, 0xFF);
    }

    private protected override void Configure(ref NativeLaunch launch)
    {
        launch.ThreadOrder = (uint)_order;
        launch.Seed = (uint)LaunchCount;
        launch.FillShared = _poison ? 1u : 0u;
        launch.StackSlotCount = _stacks.SlotCount;
        launch.StackSlots = _stacks.Slots;
    }

    private protected override void DisposeCore()
    {
        base.DisposeCore();
        _stacks.Dispose();
    }
}
