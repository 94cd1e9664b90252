using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Diffusion;

/// <summary>Launches <c>ForwardDiffusion.cu</c>: adds noise to each sample at its own noise level.</summary>
public static class ForwardDiffusion
{
    private static readonly KernelSource s_source = Source("Diffusion/ForwardDiffusion.cu");

    /// <param name="x">Clean samples, <c>[N, …]</c>, floats.</param>
    /// <param name="noise">Standard normal numbers, like <paramref name="x"/>.</param>
    /// <param name="level">The level of each sample, <c>[N]</c>, Int32, 0 to L - 1; others give NaN.</param>
    /// <param name="signal">Factor of the sample at each level, <c>[L]</c>, Float32: √ᾱ.</param>
    /// <param name="spread">Standard deviation of the noise at each level, <c>[L]</c>, Float32: √(1 - ᾱ).</param>
    /// <returns>A new tensor of the shape of <paramref name="x"/>; the caller or its scope disposes it.</returns>
    /// <exception cref="ArgumentException">Shapes, types or devices do not fit.</exception>
    public static Tensor Forward(Tensor x, Tensor noise, Tensor level, Tensor signal, Tensor spread)
    {
        Require.Same(x, noise);
        Require.Same(signal, spread);

        return Launch(x, noise, level, signal, spread);
    }

    /// <summary>The first term alone, also the gradient: multiplies each sample by a factor of its level.</summary>
    /// <param name="x">As for <see cref="Forward"/>.</param>
    /// <param name="level">As for <see cref="Forward"/>.</param>
    /// <param name="table">One factor per level, <c>[L]</c>, Float32.</param>
    /// <inheritdoc cref="Forward"/>
    public static Tensor Scale(Tensor x, Tensor level, Tensor table) => Launch(x, null, level, table, table);

    private static Tensor Launch(Tensor x, Tensor? noise, Tensor level, Tensor signal, Tensor spread)
    {
        Require.Float(x);
        Require.That(x.Shape.Rank > 0, $"x must have samples, got shape {x.Shape}");
        Require.Shape(level, [x.Shape[0]]);
        Require.Rank(signal, 1);
        Require.Kind(level, ElementType.Int32, x.Device);
        Require.Kind(signal, ElementType.Float32, x.Device);

        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        int rowLength = Require.Product(x, 1, x.Shape.Rank);
        RowTiling tiling = new(x.Shape[0], rowLength, PackWidths.For(rowLength, x, noise, y));
        Kernel kernel = x.Device.Load(s_source, x.Type).Kernel("ForwardDiffusion");
        LaunchShape shape = tiling.Shape(x.Device) with { Cost = LaunchCost.Of(x, noise, y) };
        kernel.Launch(
            shape, x, noise, level, signal, spread, y, KernelArgument.Structure(ref tiling), signal.Shape[0]);
        return y;
    }
}
