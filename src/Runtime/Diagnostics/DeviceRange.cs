using GenKernels.Runtime.Interop;

namespace GenKernels.Runtime;

/// <summary>A named range of work, from <see cref="Device.Range"/> until it is disposed.</summary>
public readonly struct DeviceRange : IDisposable
{
    private readonly IWorkObserver? _observer;

    internal DeviceRange(IWorkObserver? observer, string name)
    {
        _observer = observer;
        observer?.Enter(name);
        Nvtx.Push(name);
    }

    /// <summary>Ends the range.</summary>
    public void Dispose()
    {
        Nvtx.Pop();
        _observer?.Leave();
    }
}
