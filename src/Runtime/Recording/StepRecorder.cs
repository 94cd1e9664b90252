namespace GenKernels.Runtime;

/// <summary>
/// Records one thread's work on a device, in order, without running it: tensors get placeholder addresses without
/// memory, launches are kept with their arguments. A recording thus takes neither memory nor time on the device, and
/// changes no state.
/// </summary>
internal sealed class StepRecorder
{
    // Placeholder addresses: beyond the memory of any processor, and never reused, so that an address identifies its
    // buffer.
    private const long FirstAddress = 1L << 60;
    private const long Spacing = 4096;

    private readonly Device _device;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly Dictionary<DeviceBuffer, TracedBuffer> _outer = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<DeviceBuffer, TracedBuffer> _own = new(ReferenceEqualityComparer.Instance);
    private readonly List<DeviceBuffer> _promised = [];
    private readonly List<RecordedWork> _work = [];
    private readonly Dictionary<KernelModule, Task> _compilations = [];
    private long _nextAddress = FirstAddress;

    internal StepRecorder(Device device) => _device = device;

    /// <summary>Whether the calling thread is the one that is recording.</summary>
    internal bool IsOwn => Environment.CurrentManagedThreadId == _thread;

    /// <returns>A buffer with a placeholder address and no memory.</returns>
    internal DeviceBuffer Promise(MemoryPool pool, long bytes, string label)
    {
        DeviceBuffer buffer = new(pool, (nint)_nextAddress, bytes, isPromised: true);
        _nextAddress += ((bytes / Spacing) + 1) * Spacing;
        _promised.Add(buffer);
        _own.Add(buffer, new TracedBuffer(buffer, bytes, label) { IsTemporary = true });
        return buffer;
    }

    /// <summary>Compiles a module in the background: nothing is launched before the recording ends.</summary>
    internal void Compile(KernelModule module)
    {
        if (!_compilations.ContainsKey(module)) _compilations.Add(module, Task.Run(() => _device.Compile(module)));
    }

    internal void Launch(Kernel kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
    {
        RecordedLaunch launch = new(kernel, shape, arguments, PlaceOf);
        if (launch.HasHiddenAddress(FirstAddress, _nextAddress))
        {
            throw new RecordingException(
                $"{kernel.Name}: the address of a tensor is given as a number or within a structure, where a replay "
                + "cannot change it; give the tensor itself");
        }

        Add(launch);
    }

    internal void Call(in DeviceWork work, KernelArgument[] arguments, Action<ReadOnlySpan<nint>> call) =>
        Add(new RecordedCall(work, arguments, call, PlaceOf));

    internal void Copy(nint source, nint destination, long bytes)
    {
        if (bytes > 0) Add(new RecordedCopy(Find(source), Find(destination), bytes));
    }

    internal void Clear(nint destination, long bytes)
    {
        if (bytes > 0) Add(new RecordedClear(Find(destination), bytes));
    }

    /// <summary>Keeps the memory of an outside tensor alive as long as the recorded step.</summary>
    internal void Hold(Tensor tensor) => PlaceOf(tensor);

    /// <returns>The place of an address that was given without its tensor.</returns>
    internal TracedPlace Find(nint address)
    {
        Dictionary<DeviceBuffer, TracedBuffer> candidates = (long)address >= FirstAddress ? _own : _outer;
        foreach ((DeviceBuffer buffer, TracedBuffer traced) in candidates)
        {
            long offset = address - buffer.Address;
            if (offset >= 0 && offset < Math.Max(1, buffer.Capacity)) return new TracedPlace(traced, offset);
        }

        return new TracedPlace(null, address);
    }

    /// <summary>
    /// Appends work, preceded on a testing device by a NaN fill of every temporary buffer whose first use it is.
    /// </summary>
    internal void Add(RecordedWork work)
    {
        foreach (TracedPlace place in work.Places)
        {
            if (!_device.FillsNewTensors || place.Buffer is not { FirstUse: < 0, IsTemporary: true } buffer) continue;
            buffer.Use(_work.Count, work.Name);
            _work.Add(new RecordedFill(buffer));
        }

        foreach (TracedPlace place in work.Places) place.Buffer?.Use(_work.Count, work.Name);
        _work.Add(work);
    }

    internal void RefuseRead(int bytes) => throw new RecordingException(
        $"{_device}: {bytes} bytes are read back in the middle of a recorded step, where they have no value; copy them "
        + "to a tensor that was made before the recording, and read that after the replay");

    internal void RefuseWrite(int bytes) => throw new RecordingException(
        $"{_device}: {bytes} bytes of the program are copied to the device in the middle of a recorded step, where "
        + "every replay would see those of the recording; copy them before the replay to a tensor that was made before "
        + "the recording, and let the step read that");

    /// <summary>
    /// Waits for compilations, and allocates memory for the buffers that tensors still hold; all others are temporary.
    /// </summary>
    /// <returns>
    /// The work; all buffers, of the arena and from outside; and those with memory of their own, each with a reference
    /// added for the step.
    /// </returns>
    /// <exception cref="CompilationException">A kernel does not compile.</exception>
    /// <exception cref="LaunchException">The arguments of a launch do not match the kernel's parameters.</exception>
    internal (RecordedWork[] Work, TracedBuffer[] Buffers, DeviceBuffer[] Held) Finish()
    {
        Task.WhenAll(_compilations.Values).GetAwaiter().GetResult();
        foreach (RecordedLaunch launch in _work.OfType<RecordedLaunch>()) launch.CheckSizes();
        foreach (DeviceBuffer buffer in _promised)
        {
            if (!buffer.IsHeld) continue;
            TracedBuffer traced = _own[buffer];
            traced.IsTemporary = false;
            buffer.AddReference();
            _outer.Add(buffer, traced);
            _device.Memory.Place(buffer, traced.Label);
        }

        return ([.. _work], [.. _own.Values.Concat(_outer.Values).Distinct()], [.. _outer.Keys]);
    }

    /// <summary>Releases everything after the step failed.</summary>
    internal void Abandon()
    {
        // A compilation's failure either did not end the step or was reported already.
        Task.WhenAll(_compilations.Values).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        foreach (DeviceBuffer buffer in _promised)
        {
            if (buffer.IsPromised) buffer.Lose();
        }

        foreach (DeviceBuffer buffer in _outer.Keys) buffer.Release();
    }

    private TracedPlace PlaceOf(Tensor tensor)
    {
        if (_own.TryGetValue(tensor.Buffer, out TracedBuffer? own)) return new TracedPlace(own, tensor.Offset);
        if (_outer.TryGetValue(tensor.Buffer, out TracedBuffer? outer)) return new TracedPlace(outer, tensor.Offset);
        tensor.Buffer.AddReference();
        TracedBuffer traced = new(tensor.Buffer, tensor.Buffer.Capacity, "");
        _outer.Add(tensor.Buffer, traced);
        return new TracedPlace(traced, tensor.Offset);
    }
}
