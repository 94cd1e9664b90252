namespace GenKernels.Runtime;

/// <summary>One launch, library call, copy or clear of a profiled step.</summary>
/// <param name="Name">The kernel's name, the library and what it did, or in brackets what else was done.</param>
/// <param name="Variant">Element type and defines of the kernel; the type of a library call; empty for others.</param>
/// <param name="Shapes">Shapes of the tensor arguments, in order.</param>
/// <param name="Cost">Its least work.</param>
/// <param name="Type">The element type of the kernel, or that a library computed in; null for others.</param>
/// <param name="Start">Time since the step began.</param>
/// <param name="Duration">Time on the device.</param>
/// <param name="Footprint">The resources of the launch on a GPU; null elsewhere.</param>
public sealed record ProfiledWork(
    string Name, string Variant, string Shapes, LaunchCost Cost, ElementType? Type, TimeSpan Start, TimeSpan Duration,
    KernelFootprint? Footprint);
