namespace GenKernels.Tests.Runtime.Diagnostics;

/// <summary>Records the work given to a device, until disposed.</summary>
internal sealed class WorkLog : IWorkObserver, IDisposable
{
    private readonly Device _device;

    internal WorkLog(Device device)
    {
        _device = device;
        device.Observer = this;
    }

    /// <summary>All work, each with whether a tensor among its arguments has elements.</summary>
    internal List<(DeviceWork Work, bool HasElements)> Work { get; } = [];

    public void Dispose() => _device.Observer = null;

    public long Begin(Device device, in DeviceWork work, ReadOnlySpan<KernelArgument> arguments)
    {
        bool hasElements = false;
        foreach (KernelArgument argument in arguments) hasElements |= argument.Tensor?.ElementCount > 0;
        Work.Add((work, hasElements));
        return Work.Count - 1;
    }

    public void End(long mark)
    {
    }

    public void Enter(string range)
    {
    }

    public void Leave()
    {
    }
}
