using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Diffusion;

/// <summary>Launches <c>Guidance.cu</c>: classifier-free guidance by one condition or by two.</summary>
public static class Guidance
{
    private static readonly string[] s_variants = ["Branches=2", "Branches=3"];
    private static readonly KernelSource s_source = Source("Diffusion/Guidance.cu", s_variants);

    /// <param name="x">
    /// The network's predictions, <c>[2, …]</c>: conditional, unconditional; or <c>[3, …]</c>: with both conditions,
    /// with the second alone, with neither.
    /// </param>
    /// <param name="scale">
    /// The guidance scale of each condition, <c>[1]</c> or <c>[2]</c>, Float32, read when the kernel runs, not at the
    /// call; 1 changes nothing.
    /// </param>
    /// <returns>
    /// A new tensor, <c>[…]</c>: u + s (c - u), or u + s₀ (c - i) + s₁ (i - u); the caller or its scope disposes it.
    /// </returns>
    /// <exception cref="ArgumentException">Shapes, types or devices do not fit.</exception>
    public static Tensor Forward(Tensor x, Tensor scale)
    {
        Require.Float(x);
        Require.That(
            x.Shape.Rank > 0 && x.Shape[0] is 2 or 3, $"x must be what two or three branches say, got shape {x.Shape}");
        Require.Shape(scale, [x.Shape[0] - 1]);
        Require.Kind(scale, ElementType.Float32, x.Device);

        Tensor y = Tensor.Empty(Shape.Create(x.Shape.AsSpan()[1..]), x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        Kernel kernel = x.Device.Load(s_source, x.Type, s_variants[x.Shape[0] - 2]).Kernel("Guidance");
        LaunchShape shape = LaunchShape.Elements(x.Device, y.ElementCount) with { Cost = LaunchCost.Of(x, y) };
        bool isPacked = PackWidths.For(y.ElementCount, x, y) > 1;  // every branch must begin at a multiple of a pack
        kernel.Launch(shape, x, scale, y, y.ElementCount, isPacked ? 1 : 0);
        return y;
    }
}
