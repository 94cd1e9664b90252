namespace GenKernels.Kernels.MatrixProduct;

/// <summary>What multiplies on a device with warps.</summary>
internal enum ProductMethod
{
    /// <summary>Each thread by itself.</summary>
    CudaCores,

    /// <summary>Warps together, on tensor cores.</summary>
    TensorCores,

    /// <summary>An NVIDIA library: cuBLASLt or cuDNN.</summary>
    Library,
}
