namespace GenKernels.Runtime;

/// <summary>The resources that a launch takes of a multiprocessor, from the driver.</summary>
/// <param name="Registers">Registers per thread.</param>
/// <param name="SharedBytes">Shared memory per block, static and dynamic.</param>
/// <param name="LocalBytes">Local memory per thread: more than a few bytes mean register spills.</param>
/// <param name="Occupancy">Resident threads over the most that a multiprocessor can hold, 0 to 1.</param>
public sealed record KernelFootprint(int Registers, int SharedBytes, int LocalBytes, double Occupancy);
