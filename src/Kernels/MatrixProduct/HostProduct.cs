using GenKernels.Runtime.Interop;

namespace GenKernels.Kernels.MatrixProduct;

/// <summary>The matrix product of one core that the CPU's kernels call.</summary>
internal static class HostProduct
{
    private static readonly Lazy<bool> s_isAvailable = new(() =>
    {
        if (!OpenBlas.IsAvailable) return false;

        // The blocks of a launch are spread over the cores already.
        OpenBlas.openblas_set_num_threads(1);
        return true;
    });

    /// <returns>Whether a tensor is widened first: no library of the CPU multiplies 16-bit floats well.</returns>
    internal static bool IsWidened(Tensor x) =>
        x.Device.WarpSize == 1 && x.Type is ElementType.Float16 or ElementType.BFloat16;

    /// <summary>Whether products are OpenBLAS's; else the kernels use their own.</summary>
    internal static bool IsOfLibrary
    {
        get
        {
            bool isOwn = AppContext.TryGetSwitch(MatMul.OwnProductSwitch, out bool isSet) && isSet;
            return !isOwn && s_isAvailable.Value;
        }
    }

    /// <returns>The address of OpenBLAS's product for a type, or of none: then the kernel uses its own.</returns>
    internal static KernelArgument For(ElementType type)
    {
        if (!IsOfLibrary) return KernelArgument.Pointer(0);
        return KernelArgument.Pointer(type == ElementType.Float64 ? OpenBlas.DgemmAddress : OpenBlas.SgemmAddress);
    }
}
