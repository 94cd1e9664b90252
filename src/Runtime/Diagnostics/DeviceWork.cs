namespace GenKernels.Runtime;

/// <summary>One piece of work that a device is given.</summary>
/// <param name="Name">The kernel's name; or the library and what it does; or what else is done, in brackets.</param>
/// <param name="Cost">Its least work.</param>
/// <param name="Kernel">The kernel that is launched; null for library calls, copies and clears.</param>
/// <param name="Shape">The launch configuration.</param>
internal readonly record struct DeviceWork(
    string Name, LaunchCost Cost, Kernel? Kernel = null, LaunchShape Shape = default)
{
    /// <summary>
    /// The element type that a library computes in; null for kernels, whose module has it, and for copies and clears.
    /// </summary>
    internal ElementType? Type { get; init; }

    /// <summary>Names in brackets distinguish copies and clears from kernels.</summary>
    internal static DeviceWork Copy(long bytes) => new("(copy)", new LaunchCost(2 * bytes));

    internal static DeviceWork Clear(long bytes) => new("(clear)", new LaunchCost(bytes));

    internal static DeviceWork CopyToHost(long bytes) => new("(copy to host)", new LaunchCost(bytes));

    internal static DeviceWork CopyFromHost(long bytes) => new("(copy from host)", new LaunchCost(bytes));
}
