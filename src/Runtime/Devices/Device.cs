using System.Collections.Concurrent;

namespace GenKernels.Runtime;

/// <summary>
/// What runs kernels and holds tensors: a GPU, or the CPU in one of two ways. All work goes to one stream, in order.
/// </summary>
/// <remarks>
/// Any number of threads may load, launch, allocate and copy at once; a <see cref="TensorScope"/> belongs to the thread
/// that opened it. A tensor that one thread writes is for that thread alone until it is done.
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

    private protected Device(KernelCache? cache)
    {
        Cache = cache ?? new KernelCache();
        Memory = new MemoryPool(this);
        Tuner = new Tuner(this, TuningOptions.FromEnvironment());
    }

    /// <summary><c>host</c>, <c>simt</c> or <c>cuda:N</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What the device is.</summary>
    public abstract DeviceKind Kind { get; }

    /// <summary>One line for people: the processor's name and size.</summary>
    public abstract string Description { get; }

    /// <summary>Threads that run in step: 1 on <c>host</c>, else 32.</summary>
    public abstract int WarpSize { get; }

    /// <summary>Whether four warps can multiply matrices as one: compute capability 9.0, and its simulation.</summary>
    public virtual bool HasWarpgroupProducts => false;

    /// <summary>Processors that run blocks at the same time: cores of a CPU, multiprocessors of a GPU.</summary>
    public abstract int ProcessorCount { get; }

    /// <summary>The most shared memory that a block can have, in bytes.</summary>
    public abstract int SharedBytesPerBlock { get; }

    /// <summary>The pool that tensors come from.</summary>
    public MemoryPool Memory { get; }

    /// <summary>Where compiled kernels are kept between runs.</summary>
    public KernelCache Cache { get; }

    /// <summary>Chooses where a kernel can do its work in several ways.</summary>
    public Tuner Tuner { get; }

    /// <summary>
    /// With which numbers networks compute from now on; <see cref="Precision.Fp32"/>, unless set. To be set where no
    /// other thread launches.
    /// </summary>
    public Precision Precision { get; set; } = Precision.Fp32;

    /// <summary>Whether the device was disposed; its tensors are gone with it.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>Kernels launched since the start, those of replays among them.</summary>
    public long LaunchCount => Volatile.Read(ref _launchCount);

    /// <summary>
    /// Told of all work as it is given to the device, but for work apart and what is captured; null for nobody.
    /// </summary>
    internal IWorkObserver? Observer
    {
        get => IsApart || IsCapturing ? null : _observer;
        set => _observer = value;
    }

    /// <summary>Takes the lines of <see cref="Notice"/>; standard error by default.</summary>
    public Action<string> Notices { get; set; } = Console.Error.WriteLine;

    internal TensorScope? CurrentScope
    {
        get => _scope.Value;
        set => _scope.Value = value;
    }

    /// <summary>What takes down the work of the calling thread instead of running it; null where it is run.</summary>
    internal StepRecorder? Recorder =>
        _recorder is { } recorder && recorder.IsOwn && !IsApart ? recorder : null;

    /// <summary>Whether the calling thread does work apart.</summary>
    internal bool IsApart => _apartThread == Environment.CurrentManagedThreadId;

    /// <summary>Whether launches are being captured instead of run.</summary>
    internal virtual bool IsCapturing => false;

    /// <summary>What measured times hold for: the model, and the compiler and libraries with their versions.</summary>
    internal abstract string TuningTarget { get; }

    /// <summary>Whether what new tensors hold is set to NaN, to find reads of what nobody wrote.</summary>
    internal virtual bool FillsNewTensors => false;

    /// <summary>Opens a scope: tensors made by this thread on this device from now on are disposed with it.</summary>
    public TensorScope Scope() => CurrentScope = new TensorScope(this, CurrentScope);

    /// <summary>Tells people, once for each line, of work that takes a slower way than it might.</summary>
    public void Notice(string line)
    {
        if (_notices.TryAdd(line, true)) Notices(line);
    }

    /// <summary>Finds a compiled module, or compiles it; where the calling thread records a step, meanwhile.</summary>
    /// <param name="source">The kernel's file.</param>
    /// <param name="type">The value of <c>Scalar</c>.</param>
    /// <param name="variant">Further defines, as <paramref name="source"/> declares them.</param>
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

    /// <summary>Compiles a module; one that fails is forgotten, so that it is tried again when next needed.</summary>
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

    /// <summary>
    /// Compiles many modules at once on all cores, so that the first step need not wait for each in turn.
    /// </summary>
    /// <param name="modules">What will be needed.</param>
    /// <param name="progress">Told the number done and the number in all, or null.</param>
    /// <exception cref="CompilationException">One of them does not compile.</exception>
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
        catch (AggregateException exception) when (exception.InnerException is CompilationException inner)
        {
            throw inner;
        }
    }

    /// <summary>Waits until all work given to the device is done.</summary>
    public abstract void Synchronize();

    /// <summary>Copies from this device's memory to the program's, after all work before it.</summary>
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

    /// <summary>Copies from the program's memory to this device's; the source may be reused on return.</summary>
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

    /// <summary>Copies within this device's memory.</summary>
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

    /// <summary>Sets bytes of this device's memory to zero.</summary>
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

    /// <summary>Marks a moment in the device's work, to measure the time between two.</summary>
    public abstract DeviceEvent RecordEvent();

    /// <summary>
    /// Names what this thread gives to the device until the result is disposed, for profilers: ours, and NVIDIA's where
    /// its library is there.
    /// </summary>
    /// <param name="name">A few words, such as <c>generator</c>.</param>
    public DeviceRange Range(string name) => new(Observer, name);

    /// <returns>What a launch takes of a processor; null where the device cannot tell.</returns>
    /// <param name="kernel">Of this device.</param>
    /// <param name="shape">As it is launched.</param>
    public virtual KernelFootprint? Footprint(Kernel kernel, LaunchShape shape) => null;

    /// <summary>What the compilers make of a kernel's file, as text.</summary>
    /// <returns>Each text with the name of its language, the one nearest to the source first.</returns>
    /// <exception cref="CompilationException">The source does not compile, or there is no compiler.</exception>
    /// <inheritdoc cref="Load" path="/param"/>
    public abstract IReadOnlyList<(string Language, string Text)> Translate(
        KernelSource source, ElementType type, string variant = "");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (IsDisposed) return;
        Memory.Dispose();
        IsDisposed = true;
        DisposeCore();
        _scope.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <returns>The address, or 0 where there is no room.</returns>
    internal abstract nint AllocateMemory(long bytes);

    internal abstract void FreeMemory(nint address, long bytes);

    /// <summary>Fills memory with NaN where the device does so.</summary>
    internal virtual void FillNew(nint address, long bytes)
    {
    }

    /// <returns>What <paramref name="work"/> launches, as one launch; null where launches are run one by one.</returns>
    internal virtual CudaGraph? Capture(Action work) => null;

    /// <summary>Lets a recorder take down the work of the calling thread; other threads that record wait.</summary>
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
    /// Does work of the calling thread at once, beside a step that it records, and unseen by the observer. For one
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

    /// <summary>Counts kernels that run.</summary>
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
