namespace GenKernels.Runtime;

/// <summary>What runs the kernels.</summary>
public enum DeviceKind
{
    /// <summary>The CPU with blocks of one thread, which the C++ compiler vectorises.</summary>
    Host,

    /// <summary>
    /// The CPU with the GPU's block sizes, each thread a fiber: the faithful test of barriers and shuffles.
    /// </summary>
    Simt,

    /// <summary>An NVIDIA GPU through NVRTC and the driver.</summary>
    Cuda,
}
