namespace GenKernels.Runtime;

/// <summary>The kinds of device that run kernels.</summary>
public enum DeviceKind
{
    /// <summary>The CPU with blocks of one thread, which the C++ compiler vectorises.</summary>
    Host,

    /// <summary>
    /// The CPU with the GPU's block sizes, each thread a fiber, to test barriers and shuffles faithfully.
    /// </summary>
    Simt,

    /// <summary>An NVIDIA GPU through NVRTC and the driver API.</summary>
    Cuda,
}
