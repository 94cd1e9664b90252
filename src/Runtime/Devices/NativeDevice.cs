using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace GenKernels.Runtime;

/// <summary>
/// The CPU: kernels compiled by the system's C++ compiler, blocks spread over the cores, memory of the process.
/// </summary>
public abstract unsafe class NativeDevice : Device
{
    private const int Alignment = 64;
    private const int ErrorCapacity = 512;
    private readonly HostCompiler _compiler;
    private readonly BlockScheduler _scheduler;

    private protected NativeDevice(KernelCache? cache, int? coreCount, string defines)
        : base(cache)
    {
        _compiler = new HostCompiler(Cache, defines);
        _scheduler = new BlockScheduler(coreCount ?? Environment.ProcessorCount);

        // The system promises more memory than there is, and ends the process that uses what it was promised.
        Memory.Limit = Math.Min(Memory.Limit, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 10 * 9);
    }

    /// <inheritdoc/>
    public override string Description =>
        $"{HostCompiler.ProcessorName()}, {ProcessorCount} cores, {_compiler.Description}";

    /// <inheritdoc/>
    public override int ProcessorCount => _scheduler.CoreCount;

    /// <inheritdoc/>
    public override void Synchronize()
    {
    }

    /// <inheritdoc/>
    public override void CopyToHost(nint source, Span<byte> destination) =>
        new ReadOnlySpan<byte>((void*)source, destination.Length).CopyTo(destination);

    /// <inheritdoc/>
    public override void CopyFromHost(ReadOnlySpan<byte> source, nint destination) =>
        source.CopyTo(new Span<byte>((void*)destination, source.Length));

    /// <inheritdoc/>
    public override void Copy(nint source, nint destination, long bytes) =>
        Buffer.MemoryCopy((void*)source, (void*)destination, bytes, bytes);

    /// <inheritdoc/>
    public override void Clear(nint destination, long bytes) => NativeMemory.Clear((void*)destination, (nuint)bytes);

    /// <inheritdoc/>
    public override DeviceEvent RecordEvent() => new HostEvent(Stopwatch.GetTimestamp());

    internal override nint AllocateMemory(long bytes)
    {
        try
        {
            return (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        }
        catch (OutOfMemoryException)
        {
            return 0;
        }
    }

    internal override void FreeMemory(nint address, long bytes) => NativeMemory.AlignedFree((void*)address);

    private protected override KernelModule Compile(KernelSource source, ElementType type, string variant)
    {
        nint library = NativeLibrary.Load(_compiler.Compile(source, type, variant));
        Kernel[] kernels = new Kernel[source.KernelNames.Count];
        for (int index = 0; index < kernels.Length; index++)
        {
            string name = source.KernelNames[index];
            nint sizes = NativeLibrary.GetExport(library, name + "_parameters");
            int count = *(int*)sizes;
            int[] parameters = new ReadOnlySpan<int>((int*)sizes + 1, count).ToArray();
            kernels[index] = new Kernel(this, name, NativeLibrary.GetExport(library, name + "_run"), parameters);
        }

        return new KernelModule(source, kernels);
    }

    private protected override void LaunchCore(Kernel kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
    {
        ulong* bits = stackalloc ulong[arguments.Length];
        void** values = stackalloc void*[arguments.Length];
        for (int index = 0; index < arguments.Length; index++)
        {
            bits[index] = arguments[index].Bits;
            values[index] = arguments[index].IsStructure ? (void*)arguments[index].Bits : bits + index;
        }

        byte* error = stackalloc byte[ErrorCapacity];
        error[0] = 0;
        NativeLaunch launch =
            new() { SharedBytes = (uint)shape.SharedBytes, Error = error, ErrorCapacity = ErrorCapacity };
        (launch.Grid[0], launch.Grid[1], launch.Grid[2]) = ((uint)shape.GridX, (uint)shape.GridY, (uint)shape.GridZ);
        (launch.Block[0], launch.Block[1], launch.Block[2]) = ((uint)shape.BlockX, 1, 1);
        Configure(ref launch);
        var entry = (delegate* unmanaged<NativeLaunch*, void**, long, long, int>)kernel.Handle;
        if (_scheduler.Run(entry, &launch, values, shape.BlockCount, shape.HasLongBlocks) == 0) return;
        string fault = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(error));
        throw new LaunchException($"{kernel.Name} with {shape}: {fault}");
    }

    /// <summary>Sets what a testing device asks of the trampolines.</summary>
    private protected virtual void Configure(ref NativeLaunch launch)
    {
    }

    private protected override void DisposeCore() => _scheduler.Dispose();

    private sealed class HostEvent(long timestamp) : DeviceEvent
    {
        public override void Synchronize()
        {
        }

        public override TimeSpan Since(DeviceEvent earlier) =>
            Stopwatch.GetElapsedTime(((HostEvent)earlier).Timestamp, timestamp);

        private long Timestamp => timestamp;
    }
}
