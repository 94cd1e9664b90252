namespace GenKernels.Runtime;

/// <summary>One thing that a device is given to do.</summary>
/// <param name="Name">The kernel's, or the library and what it does, or what else is done.</param>
/// <param name="Cost">What it must do at least.</param>
/// <param name="Kernel">What is launched; null for libraries, copies and the like.</param>
/// <param name="Shape">Of the launch.</param>
internal readonly record struct DeviceWork(
    string Name, LaunchCost Cost, Kernel? Kernel = null, LaunchShape Shape = default)
{
    /// <summary>What a library computes in; null where a kernel tells it, and for copies and the like.</summary>
    internal ElementType? Type { get; init; }

    /// <summary>Copies and the like stand apart from kernels by their names.</summary>
    internal static DeviceWork Copy(long bytes) => new("(copy)", new LaunchCost(2 * bytes));

    internal static DeviceWork Clear(long bytes) => new("(clear)", new LaunchCost(bytes));

    internal static DeviceWork CopyToHost(long bytes) => new("(copy to host)", new LaunchCost(bytes));

    internal static DeviceWork CopyFromHost(long bytes) => new("(copy from host)", new LaunchCost(bytes));
}
