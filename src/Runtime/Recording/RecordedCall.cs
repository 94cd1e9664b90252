namespace GenKernels.Runtime;

/// <summary>
/// A library call of a recorded step; the addresses of its tensors follow their buffers. See
/// <see cref="CudaDevice.Call"/>.
/// </summary>
internal sealed class RecordedCall : RecordedWork
{
    private readonly DeviceWork _work;
    private readonly KernelArgument[] _arguments;
    private readonly Action<ReadOnlySpan<nint>> _call;
    private readonly TracedPlace[] _places;

    /// <param name="work">Name and cost.</param>
    /// <param name="arguments">Tensors, each of which may be null.</param>
    /// <param name="call">Calls the library with the tensors' addresses at that time, 0 for null.</param>
    /// <param name="placeOf">Finds the buffer and the offset of a tensor.</param>
    internal RecordedCall(
        in DeviceWork work, KernelArgument[] arguments, Action<ReadOnlySpan<nint>> call,
        Func<Tensor, TracedPlace> placeOf)
        : base(work.Name)
    {
        (_work, _arguments, _call) = (work, arguments, call);
        _places = [.. arguments.Select(argument => argument.Tensor).OfType<Tensor>().Select(placeOf)];
    }

    internal override ReadOnlySpan<TracedPlace> Places => _places;

    internal override void Bind()
    {
        int place = 0;
        for (int index = 0; index < _arguments.Length; index++)
        {
            if (_arguments[index].Tensor is { } tensor) _arguments[index] = _places[place++].View(tensor);
        }
    }

    internal override void Run(Device device) => ((CudaDevice)device).Call(_work, _arguments, _call);
}
