namespace GenKernels.Runtime;

/// <summary>One launch, call of a library, copy or clear of a profiled step.</summary>
/// <param name="Name">The kernel's, or the library and what it did, or in brackets what else was done.</param>
/// <param name="Variant">
/// Element type and defines that the kernel was compiled with; of a library the type; empty for others.
/// </param>
/// <param name="Shapes">Of the tensors among the arguments, in order.</param>
/// <param name="Cost">What it must do at least.</param>
/// <param name="Type">
/// The element type that the kernel was compiled for, or a library computed in; null for others.
/// </param>
/// <param name="Start">Since the step began.</param>
/// <param name="Duration">On the device.</param>
/// <param name="Footprint">What the launch takes of a GPU; null elsewhere.</param>
public sealed record ProfiledWork(
    string Name, string Variant, string Shapes, LaunchCost Cost, ElementType? Type, TimeSpan Start, TimeSpan Duration,
    KernelFootprint? Footprint);
