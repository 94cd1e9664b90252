using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using GenKernels.Runtime.Interop;

namespace GenKernels.Runtime;

/// <summary>
/// The CPU: kernels compiled by the system's C++ compiler, blocks spread over the cores, tensors in host memory.
/// </summary>
public abstract unsafe class NativeDevice : Device
{
    private const int Alignment = 64;
    private const int ErrorCapacity = 512;
    private readonly BlockScheduler _scheduler;

    private protected NativeDevice(
        KernelCache? cache, int? coreCount, string defines, Sanitizer sanitizer = Sanitizer.None)
        : base(cache)
    {
        Compiler = new HostCompiler(Cache, defines, sanitizer);
        _scheduler = new BlockScheduler(coreCount ?? Environment.ProcessorCount);

        // The system overcommits memory, and kills a process that touches more than there is.
        Memory.Limit = Math.Min(Memory.Limit, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 10 * 9);
    }

    /// <inheritdoc/>
    public override string Description =>
        $"{HostCompiler.ProcessorName()}, {ProcessorCount} cores, {Compiler.Description}";

    /// <summary>The path of the C++ compiler and its first arguments; empty where there is no compiler.</summary>
    public IReadOnlyList<string> CompilerCommand => Compiler.Command;

    internal override string TuningTarget =>
        $"{Name}, {HostCompiler.ProcessorName()}, {ProcessorCount} cores, {Compiler.Version()}, "
        + (OpenBlas.IsAvailable ? OpenBlas.Configuration : "no OpenBLAS");

    /// <inheritdoc/>
    public override int ProcessorCount => _scheduler.CoreCount;

    /// <inheritdoc/>
    public override TimeSpan? KernelTime => _scheduler.LaunchTime;

    /// <inheritdoc/>
    public override void Synchronize()
    {
    }

    private protected override void CopyToHostCore(nint source, Span<byte> destination) =>
        new ReadOnlySpan<byte>((void*)source, destination.Length).CopyTo(destination);

    private protected override void CopyFromHostCore(ReadOnlySpan<byte> source, nint destination) =>
        source.CopyTo(new Span<byte>((void*)destination, source.Length));

    private protected override void CopyCore(nint source, nint destination, long bytes) =>
        Buffer.MemoryCopy((void*)source, (void*)destination, bytes, bytes);

    private protected override void ClearCore(nint destination, long bytes) =>
        NativeMemory.Clear((void*)destination, (nuint)bytes);

    /// <inheritdoc/>
    public override DeviceEvent RecordEvent() => new HostEvent();

    /// <inheritdoc/>
    public override IReadOnlyList<(string Language, string Text)> Translate(
        KernelSource source, ElementType type, string variant = "") =>
        [("assembly", Compiler.Assembly(source, type, variant))];

    private protected HostCompiler Compiler { get; }

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

    private protected override CompiledKernel[] Compile(KernelSource source, ElementType type, string variant) =>
        [.. source.KernelNames.Select(Open(Compiler.Compile(source, type, variant)))];

    /// <returns>A function that finds a kernel of a compiled library by its name.</returns>
    private protected virtual Func<string, CompiledKernel> Open(string path)
    {
        nint library = NativeLibrary.Load(path);
        return name =>
        {
            nint sizes = NativeLibrary.GetExport(library, name + "_parameters");
            int[] parameters = new ReadOnlySpan<int>((int*)sizes + 1, *(int*)sizes).ToArray();
            return new CompiledKernel(NativeLibrary.GetExport(library, name + "_run"), parameters);
        };
    }

    private protected override void LaunchCore(
        Kernel kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments) =>
        Run(kernel, shape, Describe(shape), arguments);

    private protected void Run(
        Kernel kernel, LaunchShape shape, NativeLaunch launch, ReadOnlySpan<KernelArgument> arguments)
    {
        ulong* bits = stackalloc ulong[arguments.Length];
        void** values = stackalloc void*[arguments.Length];
        byte* maps = stackalloc byte[ArgumentValues.BytesOfMaps(arguments)];
        ArgumentValues.Fill(arguments, values, bits, maps, &Simulate);

        byte* error = stackalloc byte[ErrorCapacity];
        error[0] = 0;
        launch.Error = error;
        launch.ErrorCapacity = ErrorCapacity;
        var entry = (delegate* unmanaged<NativeLaunch*, void**, long, long, int>)kernel.Handle;
        if (_scheduler.Run(entry, &launch, values, shape.BlockCount, shape.HasLongBlocks) == 0) return;
        string fault = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(error));
        throw new LaunchException($"{kernel.Name} with {shape}: {fault}");
    }

    private static void Simulate(KernelArgument argument, byte* target) =>
        argument.Map!.Simulate((nint)argument.Bits, target);

    /// <returns>The launch's description, complete but for the error buffer.</returns>
    private protected NativeLaunch Describe(LaunchShape shape)
    {
        NativeLaunch launch = new() { SharedBytes = (uint)shape.SharedBytes };
        (launch.Grid[0], launch.Grid[1], launch.Grid[2]) = ((uint)shape.GridX, (uint)shape.GridY, (uint)shape.GridZ);
        (launch.Block[0], launch.Block[1], launch.Block[2]) = ((uint)shape.BlockX, 1, 1);
        Configure(ref launch);
        return launch;
    }

    /// <summary>Sets the options of the trampolines that a testing device uses.</summary>
    private protected virtual void Configure(ref NativeLaunch launch)
    {
    }

    private protected override void DisposeCore() => _scheduler.Dispose();

    private sealed class HostEvent : DeviceEvent
    {
        private long _timestamp = Stopwatch.GetTimestamp();

        public override void Record() => _timestamp = Stopwatch.GetTimestamp();

        public override void Synchronize()
        {
        }

        public override TimeSpan Since(DeviceEvent earlier) =>
            Stopwatch.GetElapsedTime(((HostEvent)earlier)._timestamp, _timestamp);
    }
}
