namespace GenKernels.Runtime;

/// <summary>Told of a device's work as it is enqueued, on the thread that enqueues it.</summary>
internal interface IWorkObserver
{
    /// <summary>Called before the work is enqueued.</summary>
    /// <param name="device">The device that will run it.</param>
    /// <param name="work">Name, cost and configuration.</param>
    /// <param name="arguments">The arguments of a launch.</param>
    /// <returns>A mark for the matching call of <see cref="End"/>.</returns>
    public long Begin(Device device, in DeviceWork work, ReadOnlySpan<KernelArgument> arguments = default);

    /// <summary>Called after the work was enqueued, unless that failed.</summary>
    /// <param name="mark">What <see cref="Begin"/> returned.</param>
    public void End(long mark);

    /// <summary>Opens a named range: this thread's work belongs to it until <see cref="Leave"/>.</summary>
    public void Enter(string range);

    /// <summary>Closes the range that this thread opened last.</summary>
    public void Leave();
}
