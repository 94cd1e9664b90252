using GenKernels.Runtime.Interop;

namespace GenKernels.Kernels.MatrixProduct;

/// <summary>The single-core matrix product that CPU kernels call.</summary>
internal static class HostProduct
{
    private static readonly Lazy<bool> s_isAvailable = new(() =>
    {
        if (!OpenBlas.IsAvailable) return false;

        // A launch already spreads its blocks over the cores.
        OpenBlas.openblas_set_num_threads(1);
        return true;
    });

    /// <returns>
    /// Whether a tensor is widened to 32-bit floats first: no CPU library multiplies 16-bit floats well.
    /// </returns>
    internal static bool IsWidened(Tensor x) =>
        x.Device.WarpSize == 1 && x.Type is ElementType.Float16 or ElementType.BFloat16;

    /// <summary>Whether products are OpenBLAS's; otherwise kernels use their own.</summary>
    internal static bool IsOfLibrary
    {
        get
        {
            bool isOwn = AppContext.TryGetSwitch(MatMul.OwnProductSwitch, out bool isSet) && isSet;
            return !isOwn && s_isAvailable.Value;
        }
    }

    /// <returns>The address of OpenBLAS's product for a type; null where the kernel is to use its own.</returns>
    internal static KernelArgument For(ElementType type)
    {
        if (!IsOfLibrary) return KernelArgument.Pointer(0);
        return KernelArgument.Pointer(type == ElementType.Float64 ? OpenBlas.DgemmAddress : OpenBlas.SgemmAddress);
    }
}
