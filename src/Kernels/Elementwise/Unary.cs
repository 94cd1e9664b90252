using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Elementwise;

/// <summary>Launches <c>Unary.cu</c>: one function of every element.</summary>
public static class Unary
{
    private static readonly string[] s_variants = [.. Enum.GetNames<UnaryKind>().Select(name => $"Operation={name}")];
    private static readonly KernelSource s_source = Source("Elementwise/Unary.cu", s_variants);

    /// <param name="kind">Which function.</param>
    /// <param name="x">Any shape, floats.</param>
    /// <param name="first">The function's first constant, where it has one.</param>
    /// <param name="second">The function's second constant, where it has one.</param>
    /// <returns>
    /// A new tensor of the shape, type and device of <paramref name="x"/>; the caller or its scope disposes it.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="x"/> does not hold floats.</exception>
    public static Tensor Forward(UnaryKind kind, Tensor x, float first = 0, float second = 0)
    {
        Require.Float(x);

        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        Launch(kind, x, y, first, second);
        return y;
    }

    /// <summary>As <see cref="Forward"/>, into an existing tensor, which may be <paramref name="x"/> itself.</summary>
    public static void Into(UnaryKind kind, Tensor x, Tensor y, float first = 0, float second = 0)
    {
        Require.Float(x);
        Require.Same(x, y);

        Launch(kind, x, y, first, second);
    }

    private static void Launch(UnaryKind kind, Tensor x, Tensor y, float first, float second)
    {
        Kernel kernel = x.Device.Load(s_source, x.Type, s_variants[(int)kind]).Kernel("Unary");
        LaunchShape shape = LaunchShape.Elements(x.Device, x.ElementCount) with { Cost = LaunchCost.Of(x, y) };
        kernel.Launch(shape, x, y, x.ElementCount, PackWidths.PackedFlag(x, y), first, second);
    }
}
