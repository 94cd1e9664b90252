using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace GenKernels.Runtime;

/// <summary>
/// Runs kernels and holds tensors: a GPU, or the CPU in one of two ways. All work goes to one in-order stream.
/// </summary>
/// <remarks>
/// Any number of threads may load, launch, allocate and copy at once; a <see cref="TensorScope"/> belongs to the thread
/// that opened it. While one thread writes a tensor, no other may use it.
/// </remarks>
public abstract class Device : IDisposable
{
    private readonly ConcurrentDictionary<(KernelSource Source, ElementType Type, string Variant), KernelModule>
        _modules = new();

    private readonly ThreadLocal<TensorScope?> _scope = new();
    private readonly ConcurrentDictionary<string, bool> _notices = new();
    private readonly Lock _recording = new();
    private long _launchCount;
    private volatile StepRecorder? _recorder;
    private IWorkObserver? _observer;
    private volatile int _apartThread;
    private bool _isDisposed;

    private protected Device(KernelCache? cache)
    {
        Cache = cache ?? new KernelCache();
        Memory = new MemoryPool(this);
        Tuner = new Tuner(this, TuningOptions.FromEnvironment());
    }

    /// <summary><c>host</c>, <c>simt</c> or <c>cuda:N</c>.</summary>
    public abstract string Name { get; }

    /// <summary>GPU, or which of the two CPU devices.</summary>
    public abstract DeviceKind Kind { get; }

    /// <summary>One line for humans: the processor's name and size, and the compiler.</summary>
    public abstract string Description { get; }

    /// <summary>Threads of a warp: 1 on <c>host</c>, else 32.</summary>
    public abstract int WarpSize { get; }

    /// <summary>
    /// Whether kernels may use warpgroup matrix products (wgmma, by four warps): at compute capability 9.0, and in its
    /// simulation.
    /// </summary>
    public virtual bool HasWarpgroupProducts => false;

    /// <summary>Processors that run blocks concurrently: cores of a CPU, multiprocessors of a GPU.</summary>
    public abstract int ProcessorCount { get; }

    /// <summary>
    /// The time that the kernels launched since the device was opened have taken; null on a GPU, which does not tell.
    /// </summary>
    public virtual TimeSpan? KernelTime => null;

    /// <summary>The most shared memory that a block can use, in bytes.</summary>
    public abstract int SharedBytesPerBlock { get; }

    /// <summary>The pool that tensors come from.</summary>
    public MemoryPool Memory { get; }

    /// <summary>The on-disk cache of compiled kernels.</summary>
    public KernelCache Cache { get; }

    /// <summary>Chooses the fastest algorithm where an operation has several.</summary>
    public Tuner Tuner { get; }

    /// <summary>
    /// The number formats that networks compute in from now on; <see cref="Precision.Fp32"/> by default. Set it only
    /// while no other thread launches.
    /// </summary>
    public Precision Precision { get; set; } = Precision.Fp32;

    /// <summary>Whether the device was disposed, and its tensors with it.</summary>
    public bool IsDisposed => Volatile.Read(ref _isDisposed);

    /// <summary>Kernels launched since the device was opened, including those of replays.</summary>
    public long LaunchCount => Volatile.Read(ref _launchCount);

    /// <summary>
    /// Told of all work as it is enqueued, except what runs <see cref="Apart"/> or is being captured; null for none.
    /// </summary>
    internal IWorkObserver? Observer
    {
        get => IsApart || IsCapturing ? null : _observer;
        set => _observer = value;
    }

    /// <summary>Receives the lines of <see cref="Notice"/>; standard error by default.</summary>
    public Action<string> Notices { get; set; } = Console.Error.WriteLine;

    internal TensorScope? CurrentScope
    {
        get => _scope.Value;
        set => _scope.Value = value;
    }

    /// <summary>Records the calling thread's work instead of running it; null where work is run.</summary>
    internal StepRecorder? Recorder =>
        _recorder is { } recorder && recorder.IsOwn && !IsApart ? recorder : null;

    /// <summary>Whether the calling thread is inside <see cref="Apart"/>.</summary>
    internal bool IsApart => _apartThread == Environment.CurrentManagedThreadId;

    /// <summary>Whether the calling thread's launches are being captured instead of run.</summary>
    internal virtual bool IsCapturing => false;

    /// <summary>
    /// What measured times are valid for: the device's model, and the compiler and libraries with their versions.
    /// </summary>
    internal abstract string TuningTarget { get; }

    /// <summary>Whether new tensors are filled with NaN, to expose reads of uninitialised memory.</summary>
    internal virtual bool FillsNewTensors => false;

    /// <summary>
    /// Opens a scope: tensors that this thread makes on this device while it is open are disposed with it.
    /// </summary>
    public TensorScope Scope() => CurrentScope = new TensorScope(this, CurrentScope);

    /// <summary>Reports, once per distinct line, that work takes a slower path than it could.</summary>
    public void Notice(string line)
    {
        if (_notices.TryAdd(line, true)) Notices(line);
    }

    /// <summary>
    /// Returns a compiled module, compiling it at its first use; while the calling thread records a step, in the
    /// background.
    /// </summary>
    /// <param name="source">The kernel's file.</param>
    /// <param name="type">The value of <c>Scalar</c>.</param>
    /// <param name="variant">Further defines, as <paramref name="source"/> admits them.</param>
    /// <exception cref="CompilationException">The source does not compile, or there is no compiler.</exception>
    public KernelModule Load(KernelSource source, ElementType type, string variant = "")
    {
        KernelModule module = _modules.GetValueOrDefault((source, type, variant)) ?? Add(source, type, variant);
        if (module.IsCompiled) return module;
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (Recorder is { } recorder) recorder.Compile(module);
        else Compile(module);
        return module;
    }

    /// <summary>Compiles a module; a failure is not cached, so that the next use tries again.</summary>
    internal void Compile(KernelModule module)
    {
        try
        {
            module.Compile();
        }
        catch
        {
            _modules.TryRemove(new((module.Source, module.Type, module.Variant), module));
            throw;
        }
    }

    /// <summary>Compiles many modules in parallel, so that the first step does not wait for each in turn.</summary>
    /// <param name="modules">Modules that will be needed.</param>
    /// <param name="progress">Told the number done and the total; may be null.</param>
    /// <exception cref="CompilationException">One of them does not compile.</exception>
    /// <exception cref="IOException">The cache takes no files.</exception>
    public void Prepare(
        IReadOnlyCollection<(KernelSource Source, ElementType Type, string Variant)> modules,
        IProgress<(int Done, int Count)>? progress = null)
    {
        int done = 0;
        try
        {
            Parallel.ForEach(modules, module =>
            {
                Load(module.Source, module.Type, module.Variant);
                progress?.Report((Interlocked.Increment(ref done), modules.Count));
            });
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
    }

    /// <summary>Waits until all enqueued work is done.</summary>
    public abstract void Synchronize();

    /// <summary>
    /// Copies from device memory to host memory after all earlier work; returns when the data has arrived.
    /// </summary>
    /// <exception cref="RecordingException">The calling thread records a step.</exception>
    public void CopyToHost(nint source, Span<byte> destination)
    {
        Recorder?.RefuseRead(destination.Length);
        RuntimeMeter.CountCopyToHost(this, destination.Length);
        IWorkObserver? observer = Observer;
        long mark = observer?.Begin(this, DeviceWork.CopyToHost(destination.Length)) ?? 0;
        CopyToHostCore(source, destination);
        observer?.End(mark);
    }

    /// <summary>Copies from host memory to device memory; the source may be reused on return.</summary>
    /// <exception cref="RecordingException">The calling thread records a step.</exception>
    public void CopyFromHost(ReadOnlySpan<byte> source, nint destination)
    {
        Recorder?.RefuseWrite(source.Length);
        RuntimeMeter.CountCopyFromHost(this, source.Length);
        IWorkObserver? observer = Observer;
        long mark = observer?.Begin(this, DeviceWork.CopyFromHost(source.Length)) ?? 0;
        CopyFromHostCore(source, destination);
        observer?.End(mark);
    }

    /// <summary>Copies within device memory.</summary>
    public void Copy(nint source, nint destination, long bytes)
    {
        if (Recorder is { } recorder)
        {
            recorder.Copy(source, destination, bytes);
            return;
        }

        IWorkObserver? observer = Observer;
        long mark = observer?.Begin(this, DeviceWork.Copy(bytes)) ?? 0;
        CopyCore(source, destination, bytes);
        observer?.End(mark);
    }

    /// <summary>Sets bytes of device memory to zero.</summary>
    public void Clear(nint destination, long bytes)
    {
        if (Recorder is { } recorder)
        {
            recorder.Clear(destination, bytes);
            return;
        }

        IWorkObserver? observer = Observer;
        long mark = observer?.Begin(this, DeviceWork.Clear(bytes)) ?? 0;
        ClearCore(destination, bytes);
        observer?.End(mark);
    }

    /// <summary>Records an event in the device's stream, to measure the time between two.</summary>
    public abstract DeviceEvent RecordEvent();

    /// <summary>
    /// Names the work that this thread enqueues until the result is disposed, for <see cref="Profiler"/> and, where
    /// NVTX is installed, NVIDIA's profilers.
    /// </summary>
    /// <param name="name">A few words, such as <c>generator</c>.</param>
    public DeviceRange Range(string name) => new(Observer, name);

    /// <returns>The resources that a launch takes of a multiprocessor; null where the device cannot tell.</returns>
    /// <param name="kernel">Of this device.</param>
    /// <param name="shape">The launch configuration.</param>
    public virtual KernelFootprint? Footprint(Kernel kernel, LaunchShape shape) => null;

    /// <summary>The compilers' output for a kernel's file, as text.</summary>
    /// <returns>Each text with the name of its language, the one closest to the source first.</returns>
    /// <exception cref="CompilationException">The source does not compile, or there is no compiler.</exception>
    /// <inheritdoc cref="Load" path="/param"/>
    public abstract IReadOnlyList<(string Language, string Text)> Translate(
        KernelSource source, ElementType type, string variant = "");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        Memory.Dispose();
        DisposeCore();
        _scope.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <returns>The address, or 0 where memory is exhausted.</returns>
    internal abstract nint AllocateMemory(long bytes);

    internal abstract void FreeMemory(nint address, long bytes);

    /// <summary>Fills memory with NaN where <see cref="FillsNewTensors"/>.</summary>
    internal virtual void FillNew(nint address, long bytes)
    {
    }

    /// <returns>
    /// A graph of what <paramref name="work"/> launches; null, with nothing run, where the device does not capture.
    /// </returns>
    internal virtual CudaGraph? Capture(Action work) => null;

    /// <summary>Hands the calling thread's work to a recorder; waits while another thread records.</summary>
    /// <exception cref="RecordingException">The calling thread records a step already.</exception>
    internal void BeginRecording(StepRecorder recorder)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (Recorder is not null) throw new RecordingException($"{this}: a step cannot be recorded within another");
        _recording.Enter();
        _recorder = recorder;
    }

    internal void EndRecording()
    {
        _recorder = null;
        _recording.Exit();
    }

    /// <summary>
    /// Runs work of the calling thread immediately, even while it records a step, and hidden from the observer. For one
    /// thread at a time.
    /// </summary>
    internal void Apart(Action work)
    {
        _apartThread = Environment.CurrentManagedThreadId;
        try
        {
            work();
        }
        finally
        {
            _apartThread = 0;
        }
    }

    /// <summary>Adds to <see cref="LaunchCount"/> and the meter.</summary>
    internal virtual void CountLaunches(int count)
    {
        Interlocked.Add(ref _launchCount, count);
        RuntimeMeter.CountLaunches(this, count);
    }

    internal void Launch(Kernel kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (Recorder is { } recorder)
        {
            recorder.Launch(kernel, shape, arguments);
            return;
        }

        CountLaunches(1);
        IWorkObserver? observer = Observer;
        long mark = observer?.Begin(this, new DeviceWork(kernel.Name, shape.Cost, kernel, shape), arguments) ?? 0;
        LaunchCore(kernel, shape, arguments);
        observer?.End(mark);
    }

    private protected abstract CompiledKernel[] Compile(KernelSource source, ElementType type, string variant);

    private KernelModule Add(KernelSource source, ElementType type, string variant)
    {
        source.RequireDeclared(type, variant);
        return _modules.GetOrAdd(
            (source, type, variant),
            key => new KernelModule(
                this, key.Source, key.Type, key.Variant, () => Compile(key.Source, key.Type, key.Variant)));
    }

    private protected abstract void LaunchCore(
        Kernel kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments);

    private protected abstract void CopyToHostCore(nint source, Span<byte> destination);

    private protected abstract void CopyFromHostCore(ReadOnlySpan<byte> source, nint destination);

    private protected abstract void CopyCore(nint source, nint destination, long bytes);

    private protected abstract void ClearCore(nint destination, long bytes);

    private protected abstract void DisposeCore();
}
