namespace GenKernels.Runtime;

/// <summary>One launch, copy or clear of a profiled step.</summary>
/// <param name="Name">The kernel's, or in brackets what else was done.</param>
/// <param name="Variant">Element type and defines that the kernel was compiled with; empty for others.</param>
/// <param name="Shapes">Of the tensors among the arguments, in order.</param>
/// <param name="Cost">What it must do at least.</param>
/// <param name="Type">The element type that the kernel was compiled for; null for others.</param>
/// <param name="Start">Since the step began.</param>
/// <param name="Duration">On the device.</param>
/// <param name="Footprint">What the launch takes of a GPU; null elsewhere.</param>
public sealed record ProfiledWork(
    string Name, string Variant, string Shapes, LaunchCost Cost, ElementType? Type, TimeSpan Start, TimeSpan Duration,
    KernelFootprint? Footprint);
