namespace GenKernels.Kernels;

/// <summary>The kernel files of this assembly.</summary>
internal static class KernelLibrary
{
    /// <summary>The define of kernels that write the type that they read.</summary>
    internal const string SameTarget = "Target=Scalar";

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

    /// <returns>The define of the type that a kernel writes, where it may differ from <c>Scalar</c>.</returns>
    internal static string Target(ElementType type) => $"Target={type.KernelName()}";

    /// <returns>A source that reads Float32 and writes 16 bits.</returns>
    /// <param name="path">Path below <c>src/Kernels</c>.</param>
    internal static KernelSource NarrowingSource(string path) =>
        Source(path, [ElementType.Float32], Target(ElementType.Float16), Target(ElementType.BFloat16));

    /// <returns>The kernels that read the type of a tensor and write another.</returns>
    /// <param name="x">What they read.</param>
    /// <param name="type">The type that they write.</param>
    /// <param name="source">The source with <see cref="SameTarget"/>.</param>
    /// <param name="narrowing">The <see cref="NarrowingSource"/>.</param>
    internal static KernelModule LoadFor(
        Tensor x, ElementType type, KernelSource source, KernelSource narrowing) => x.Type == type
        ? x.Device.Load(source, type, SameTarget)
        : x.Device.Load(narrowing, x.Type, Target(type));

    /// <returns>A source whose variants may use other numbers than the examples.</returns>
    internal static KernelSource OpenSource(string path, ElementType[] types, params string[] examples) =>
        new(path, typeof(KernelLibrary).Assembly, types, examples) { HasOpenVariants = true };
}
