namespace GenKernels.Kernels;

/// <summary>The kernel files of this assembly.</summary>
internal static class KernelLibrary
{
    internal static readonly ElementType[] AllFloats =
        [ElementType.Float64, ElementType.Float32, ElementType.Float16, ElementType.BFloat16];

    /// <returns>A source for all four float types.</returns>
    /// <param name="path">Path below <c>src/Kernels</c>.</param>
    /// <param name="variants">The sets of defines besides <c>Scalar</c>.</param>
    internal static KernelSource Source(string path, params string[] variants) =>
        new(path, typeof(KernelLibrary).Assembly, AllFloats, variants);

    /// <returns>A source for the types named.</returns>
    internal static KernelSource Source(string path, ElementType[] types, params string[] variants) =>
        new(path, typeof(KernelLibrary).Assembly, types, variants);

    /// <returns>A source whose variants may use other numbers than the examples.</returns>
    internal static KernelSource OpenSource(string path, ElementType[] types, params string[] examples) =>
        new(path, typeof(KernelLibrary).Assembly, types, examples) { HasOpenVariants = true };
}
