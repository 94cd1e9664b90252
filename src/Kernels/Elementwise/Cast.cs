using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Elementwise;

/// <summary>Launches <c>Cast.cu</c>: the same numbers in another type, scaled if wanted.</summary>
public static class Cast
{
    private static readonly string[] s_variants =
        [.. Enum.GetValues<ElementType>().Select(Target)];

    private static readonly KernelSource s_source =
        Source("Elementwise/Cast.cu", Enum.GetValues<ElementType>(), s_variants);

    /// <summary>The kernel's file.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <param name="x">Any shape and type.</param>
    /// <param name="type">
    /// Type of the result; a float beyond the range of an integer type, or a NaN, converts to an undefined value.
    /// </param>
    /// <param name="scale">Multiplies the numbers before they are rounded; only of floats may it differ from 1.</param>
    /// <returns>A new tensor of the shape of <paramref name="x"/>; the caller or its scope disposes it.</returns>
    /// <exception cref="ArgumentException">Integers are to be scaled.</exception>
    public static Tensor Forward(Tensor x, ElementType type, float scale = 1)
    {
        if (scale != 1) Require.Float(x);
        Tensor y = Tensor.Empty(x.Shape, type, x.Device);
        Kernel kernel = x.Device.Load(s_source, x.Type, s_variants[(int)type]).Kernel("Cast");
        LaunchShape shape = LaunchShape.Elements(x.Device, x.ElementCount) with { Cost = LaunchCost.Of(x, y) };
        kernel.Launch(shape, x, y, x.ElementCount, PackWidths.PackedFlag(x, y), scale);
        return y;
    }

    /// <returns>The numbers in a type: a view if they have it already. The caller or its scope disposes it.</returns>
    internal static Tensor OrView(Tensor x, ElementType type) =>
        x.Type == type ? x.View(x.Shape) : Forward(x, type);
}
