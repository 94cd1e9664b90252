namespace GenKernels.Kernels.MatrixProduct;

/// <summary>What multiplies on a device with warps.</summary>
internal enum ProductMethod
{
    /// <summary>Every thread by itself.</summary>
    CudaCores,

    /// <summary>Warps together, on tensor cores.</summary>
    TensorCores,

    /// <summary>A library of NVIDIA's: cuBLASLt, or cuDNN.</summary>
    Library,
}
