using System.Runtime.InteropServices;

namespace GenKernels.Runtime;

/// <summary>
/// The CPU simulating a GPU: real block sizes, warps of 32, each thread of a block a fiber. It finds races (by running
/// threads in another order), barriers that not every thread reaches, and reads of uninitialised memory.
/// </summary>
public sealed unsafe class SimtDevice : NativeDevice
{
    // The limit of a block at compute capability 9.0; the kernels' prelude repeats the number.
    private const int MaximumSharedBytes = 227 << 10;

    private readonly ThreadOrder _order;
    private readonly bool _poison;
    private readonly FiberStacks _stacks;
    private readonly Sanitizer _sanitizer;
    private readonly LaunchRunner? _runner;

    /// <param name="cache">Where compiled kernels are kept; the user's cache folder by default.</param>
    /// <param name="order">The order in which the threads of a block run between barriers.</param>
    /// <param name="poison">Whether shared memory and new tensors are filled with NaN.</param>
    /// <param name="coreCount">Cores to use; all by default.</param>
    /// <param name="sanitizer">
    /// Checks kernels for faults, which are thrown as <see cref="LaunchException"/>; by default the one that
    /// <c>GENKERNELS_SANITIZE</c> names. With one of the compiler's sanitizers, launches run in a separate process.
    /// </param>
    /// <exception cref="ArgumentException"><c>GENKERNELS_SANITIZE</c> names no sanitizer.</exception>
    public SimtDevice(
        KernelCache? cache = null, ThreadOrder order = ThreadOrder.Forward, bool poison = true, int? coreCount = null,
        Sanitizer? sanitizer = null)
        : this(cache, order, poison, coreCount, sanitizer ?? SanitizerOptions.FromEnvironment())
    {
    }

    private SimtDevice(KernelCache? cache, ThreadOrder order, bool poison, int? coreCount, Sanitizer sanitizer)
        : base(cache, coreCount, "#define GK_SIMT 1\n", sanitizer)
    {
        _sanitizer = sanitizer;
        if (sanitizer.IsCompiled()) _runner = new LaunchRunner(Compiler, sanitizer);
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

    /// <inheritdoc/>
    public override int SharedBytesPerBlock => MaximumSharedBytes;

    /// <inheritdoc/>
    public override bool HasWarpgroupProducts => true;

    internal override bool FillsNewTensors => _poison;

    internal override void FillNew(nint address, long bytes)
    {
        // All bits set is a NaN in every float type.
        if (_poison) NativeMemory.Fill((void*)address, (nuint)bytes, 0xFF);
    }

    private protected override Func<string, CompiledKernel> Open(string path) =>
        _runner is null ? base.Open(path) : name => _runner.Open(path, name);

    private protected override void LaunchCore(Kernel kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
    {
        if (_runner is not null) _runner.Run(kernel, shape, Describe(shape), arguments);
        else if (_sanitizer == Sanitizer.Order && !shape.LeavesAnyOrder) LaunchInEveryOrder(kernel, shape, arguments);
        else base.LaunchCore(kernel, shape, arguments);
    }

    private void LaunchInEveryOrder(Kernel kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
    {
        LaunchBuffers buffers = new(arguments);
        byte[][] before = buffers.Copy();
        byte[][]? results = null;
        foreach (ThreadOrder order in Enum.GetValues<ThreadOrder>())
        {
            if (results is not null) buffers.Restore(before);
            NativeLaunch launch = Describe(shape);
            launch.ThreadOrder = (uint)order;
            Run(kernel, shape, launch, arguments);
            results ??= buffers.Copy();
            string difference = buffers.FirstDifference(results, arguments);
            if (difference.Length == 0) continue;
            throw new LaunchException(
                $"{kernel.Name} with {shape}: threads in {order} order give other bits than in Forward order, "
                + $"first in {difference}");
        }
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
        _runner?.Dispose();
        _stacks.Dispose();
    }
}
