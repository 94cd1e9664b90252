namespace GenKernels.Runtime;

/// <summary>What a launch takes of a GPU's multiprocessor, as the driver tells it.</summary>
/// <param name="Registers">Of a thread.</param>
/// <param name="SharedBytes">Shared memory of a block, static and dynamic.</param>
/// <param name="LocalBytes">Of a thread in local memory: more than a few mean that registers were spilled.</param>
/// <param name="Occupancy">Threads that a multiprocessor holds at a time over the most that it can, 0 to 1.</param>
public sealed record KernelFootprint(int Registers, int SharedBytes, int LocalBytes, double Occupancy);
