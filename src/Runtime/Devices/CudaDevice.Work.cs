using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CudaDriver;

namespace GenKernels.Runtime;

// Memory, copies, modules and launches.
public sealed unsafe partial class CudaDevice
{
    /// <inheritdoc/>
    public override void Synchronize()
    {
        MakeCurrent();
        Check(cuStreamSynchronize(Stream));
        _lastLaunch.Clear();
    }

    private protected override void CopyToHostCore(nint source, Span<byte> destination)
    {
        MakeCurrent();
        fixed (byte* bytes = destination)
        {
            Check(cuMemcpyDtoHAsync_v2(bytes, source, (nuint)destination.Length, Stream));
            Synchronize();
        }
    }

    private protected override void CopyFromHostCore(ReadOnlySpan<byte> source, nint destination)
    {
        MakeCurrent();
        if (source.Length <= CudaUploads.Largest && !IsCapturing)
        {
            _uploads.Copy(source, destination);
            return;
        }

        fixed (byte* bytes = source)
        {
            Check(cuMemcpyHtoDAsync_v2(destination, bytes, (nuint)source.Length, Stream));
            Synchronize();
        }
    }

    private protected override void CopyCore(nint source, nint destination, long bytes)
    {
        MakeCurrent();
        Check(cuMemcpyDtoDAsync_v2(destination, source, (nuint)bytes, Stream));
    }

    private protected override void ClearCore(nint destination, long bytes)
    {
        MakeCurrent();
        Check(cuMemsetD8Async(destination, 0, (nuint)bytes, Stream));
    }

    /// <exception cref="LaunchException">The status is not success; the message names the last launch.</exception>
    internal void Check(CUresult status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status == CUresult.CUDA_SUCCESS) return;
        string error = new CudaException(call, (int)status, NameOf(status), TextOf(status)).Message;
        throw new LaunchException($"{Name}: {error}{Suspect()}");
    }

    internal override nint AllocateMemory(long bytes)
    {
        MakeCurrent();
        if (IsCapturing)
        {
            throw new InvalidOperationException(
                $"{Name}: {bytes} bytes requested during a capture are not in the pool; run the step once before it");
        }

        nint address;
        CUresult status = _gpu.HasMemoryPools
            ? cuMemAllocAsync(&address, (nuint)bytes, Stream)
            : cuMemAlloc_v2(&address, (nuint)bytes);
        if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) return 0;
        Check(status, nameof(AllocateMemory));
        return address;
    }

    /// <remarks>
    /// The status is ignored: after a failed kernel the memory is lost anyway, and freeing it fails too.
    /// </remarks>
    internal override void FreeMemory(nint address, long bytes)
    {
        if (!TryMakeCurrent()) return;
        if (_gpu.HasMemoryPools) cuMemFreeAsync(address, _stream);
        else cuMemFree_v2(address);
    }

    private protected override CompiledKernel[] Compile(KernelSource source, ElementType type, string variant)
    {
        byte[] code = _compiler.Compile(source, type, variant);
        MakeCurrent();
        CUmodule module = LoadModule(source, code);
        _modules.Add(module);
        return [.. source.KernelNames.Select(name => LoadKernel(module, name))];
    }

    private protected override void LaunchCore(
        Kernel kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
    {
        ulong* bits = stackalloc ulong[arguments.Length];
        void** values = stackalloc void*[arguments.Length];
        byte* maps = stackalloc byte[ArgumentValues.BytesOfMaps(arguments)];
        ArgumentValues.Fill(arguments, values, bits, maps, &CudaTensorMap.Encode);

        MakeCurrent();
        if (shape.SharedBytes > 0) AllowShared(kernel, shape.SharedBytes);
        CUresult status = cuLaunchKernel(
            new CUfunction(kernel.Handle), (uint)shape.GridX, (uint)shape.GridY, (uint)shape.GridZ,
            (uint)shape.BlockX, 1, 1, (uint)shape.SharedBytes, Stream, values, null);
        if (status != CUresult.CUDA_SUCCESS)
        {
            string launch = "launching " + CudaLaunchRecord.Describe(kernel.Name, shape, arguments);
            CudaException failure = new(launch, (int)status, NameOf(status), TextOf(status));
            throw new LaunchException($"{Name}: {failure.Message}{Suspect()}");
        }

        _lastLaunch.Set(kernel.Name, shape, arguments);
        if (_synchronous && !IsCapturing) Synchronize();
    }

    /// <summary>
    /// Lets a library enqueue work on the stream; records it where the calling thread records a step, and tells the
    /// observer.
    /// </summary>
    /// <param name="work">Name, cost and type.</param>
    /// <param name="arguments">
    /// Tensors that it reads or writes, each of which may be null; a recording keeps the array.
    /// </param>
    /// <param name="call">Calls the library with the tensors' addresses at that time, 0 for null.</param>
    internal void Call(in DeviceWork work, KernelArgument[] arguments, Action<ReadOnlySpan<nint>> call)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (Recorder is { } recorder)
        {
            recorder.Call(work, arguments, call);
            return;
        }

        MakeCurrent();
        IWorkObserver? observer = Observer;
        long mark = observer?.Begin(this, work, arguments) ?? 0;
        Span<nint> addresses = stackalloc nint[arguments.Length];
        for (int index = 0; index < addresses.Length; index++) addresses[index] = (nint)arguments[index].Bits;
        call(addresses);
        observer?.End(mark);
        _lastLaunch.Set(work.Name, null, arguments);
        if (_synchronous && !IsCapturing) Synchronize();
    }

    /// <returns>
    /// The likely cause of an asynchronous failure that a later call reports: the last launch, in words.
    /// </returns>
    private string Suspect()
    {
        string? last = _lastLaunch.Describe();
        if (last is null) return "";
        string hint = _synchronous ? "" : "; with GENKERNELS_SYNCHRONOUS=1 every kernel answers for itself";
        return $"; the last kernel launched was {last}{hint}";
    }

    private CUmodule LoadModule(KernelSource source, byte[] code)
    {
        byte[] log = new byte[LogCapacity];
        CUmodule module;
        fixed (byte* image = code, text = log)
        {
            CUjit_option* options =
                stackalloc[] { CUjit_option.ERROR_LOG_BUFFER, CUjit_option.ERROR_LOG_BUFFER_SIZE_BYTES };
            void** values = stackalloc void*[] { text, (void*)LogCapacity };
            CUresult status = cuModuleLoadDataEx(&module, image, 2, options, values);
            if (status == CUresult.CUDA_SUCCESS) return module;
            string said = Marshal.PtrToStringUTF8((nint)text) ?? "";
            throw new CompilationException(
                $"{source}: the driver of {VersionText} did not take what {_compiler.Description} made for {_gpu}: "
                + $"{NameOf(status)} ({(int)status}), {TextOf(status)} {said}".TrimEnd());
        }
    }

    private CompiledKernel LoadKernel(CUmodule module, string name)
    {
        CUfunction function;
        cuModuleGetFunction(&function, module, name).ThrowIfFailed($"cuModuleGetFunction({name})");

        // The query forces the driver to load a function that it would otherwise load lazily at the first launch,
        // perhaps in a capture.
        int shared;
        cuFuncGetAttribute(&shared, CUfunction_attribute.MAX_DYNAMIC_SHARED_SIZE_BYTES, function).ThrowIfFailed();
        _sharedLimits[function.Value] = shared;
        return new CompiledKernel(function.Value, ReadParameterSizes(function));
    }

    /// <returns>The sizes in bytes, or null where the driver cannot report them.</returns>
    private static int[]? ReadParameterSizes(CUfunction function)
    {
        if (!KnowsParameters) return null;
        List<int> sizes = [];
        nuint offset, size;
        while (cuFuncGetParamInfo(function, (nuint)sizes.Count, &offset, &size) == CUresult.CUDA_SUCCESS)
        {
            sizes.Add((int)size);
        }

        return [.. sizes];
    }

    /// <summary>
    /// Opts a kernel in to more dynamic shared memory where a launch needs more than the default limit.
    /// </summary>
    private void AllowShared(Kernel kernel, int bytes)
    {
        if (bytes <= _sharedLimits[kernel.Handle]) return;
        CUresult status = cuFuncSetAttribute(
            new CUfunction(kernel.Handle), CUfunction_attribute.MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes);
        if (status != CUresult.CUDA_SUCCESS)
        {
            throw new LaunchException(
                $"{kernel.Name} asks for {bytes} bytes of dynamic shared memory; {Name} gives a block "
                + $"{_gpu.SharedBytesPerBlock} in all ({NameOf(status)})");
        }

        _sharedLimits[kernel.Handle] = bytes;
    }
}
