namespace GenKernels.Runtime;

/// <summary>Is told of a device's work as it is given to the device, on the thread that gives it.</summary>
internal interface IWorkObserver
{
    /// <summary>Comes before the work.</summary>
    /// <param name="device">Where it will run.</param>
    /// <param name="work">What it is.</param>
    /// <param name="arguments">Of a launch.</param>
    /// <returns>What <see cref="End"/> is told, so that the two find together.</returns>
    public long Begin(Device device, in DeviceWork work, ReadOnlySpan<KernelArgument> arguments = default);

    /// <summary>Comes after the work was given to the device, unless that failed.</summary>
    /// <param name="mark">What <see cref="Begin"/> returned.</param>
    public void End(long mark);

    /// <summary>What this thread gives from now on belongs to a part of a step.</summary>
    public void Enter(string range);

    /// <summary>Ends the part that this thread entered last.</summary>
    public void Leave();
}
