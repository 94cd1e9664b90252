using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.MatrixProduct;

/// <summary>Launches <c>SplitKReduction.cu</c>: adds up partial sums and applies the epilogue.</summary>
internal static class SplitKReduction
{
    private static readonly KernelSource s_source = Source("MatrixProduct/SplitKReduction.cu");

    /// <summary>The kernel's file.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <param name="parts">
    /// <c>[S, …]</c>, each part of the size of <paramref name="y"/>; 64-bit floats if that is, otherwise 32-bit floats.
    /// With one part, it may be <paramref name="y"/> itself.
    /// </param>
    /// <param name="epilogue">The epilogue; it fits <paramref name="y"/>.</param>
    /// <param name="y">The result, of rank 2 or more; written.</param>
    internal static void Into(Tensor parts, ProductEpilogue epilogue, Tensor y)
    {
        int partCount = (int)(parts.ElementCount / y.ElementCount);
        EpilogueParameters parameters = epilogue.Parameters(y.Shape);
        bool isPacked = PackWidths.For(y.Shape[^1], parts) > 1
            && PackWidths.AreAligned(y, epilogue.Factor, epilogue.Bias, epilogue.Residual);
        RowTiling tiling = new(
            y.ElementCount / y.Shape[^1], y.Shape[^1], isPacked ? PackWidths.Longest(parts.Type) : 1);
        LaunchCost cost = LaunchCost.Of(
            parts, epilogue.Factor, epilogue.Noise, epilogue.Bias, epilogue.Residual, y);
        y.Device.Load(s_source, y.Type).Kernel("SplitKReduction").Launch(
            tiling.Shape(y.Device) with { Cost = cost }, parts, epilogue.Factor, epilogue.Noise, epilogue.Bias,
            epilogue.Residual, y, KernelArgument.Structure(ref parameters), KernelArgument.Structure(ref tiling),
            partCount);
    }
}
