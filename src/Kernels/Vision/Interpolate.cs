using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Vision;

/// <summary>Launches <c>Interpolate.cu</c>: resizes pictures.</summary>
public static class Interpolate
{
    private static readonly KernelSource s_source = Source("Vision/Interpolate.cu");

    /// <param name="x">Pictures, <c>[N, H, W, C]</c>, floats; at least one row and column.</param>
    /// <param name="options">The size of the result, and the interpolation.</param>
    /// <returns>
    /// A new tensor, <c>[N, options.Height, options.Width, C]</c>; the caller or its scope disposes it.
    /// </returns>
    /// <exception cref="ShapeException">
    /// <paramref name="x"/> has another rank or no pixels, or there is no such interpolation.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A size of the result is not positive.</exception>
    public static Tensor Forward(Tensor x, InterpolateOptions options)
    {
        Check(x, options);

        InterpolateAxis rows = new(x.Shape[1], options.Height, options, adjoint: false);
        InterpolateAxis columns = new(x.Shape[2], options.Width, options, adjoint: false);
        return Launch(x, rows, columns);
    }

    /// <summary>The adjoint of <see cref="Forward"/>.</summary>
    /// <param name="g">The upstream gradient, <c>[N, options.Height, options.Width, C]</c>, floats.</param>
    /// <param name="height">Rows of the input of <see cref="Forward"/>; positive.</param>
    /// <param name="width">Columns of the input of <see cref="Forward"/>; positive.</param>
    /// <param name="options">As in <see cref="Forward"/>.</param>
    /// <returns>A new tensor, <c>[N, height, width, C]</c>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">
    /// <paramref name="g"/> has another shape, or there is no such interpolation.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public static Tensor Adjoint(Tensor g, int height, int width, InterpolateOptions options)
    {
        Check(g, options);
        Require.Positive(height);
        Require.Positive(width);
        Require.Shape(g, [-1, options.Height, options.Width, -1]);

        InterpolateAxis rows = new(height, options.Height, options, adjoint: true);
        InterpolateAxis columns = new(width, options.Width, options, adjoint: true);
        return Launch(g, rows, columns);
    }

    private static void Check(Tensor x, InterpolateOptions options)
    {
        Require.Float(x);
        Require.Rank(x, 4);
        Require.That(x.Shape[1] > 0 && x.Shape[2] > 0, $"there is no pixel in {x.Shape}");
        Require.Positive(options.Height);
        Require.Positive(options.Width);
        Require.That(
            Enum.IsDefined(options.Kind) && Enum.IsDefined(options.Grid), $"there is no such interpolation: {options}");
    }

    private static Tensor Launch(Tensor x, InterpolateAxis rows, InterpolateAxis columns)
    {
        (int height, int width, int channels) = (rows.RowCount, columns.RowCount, x.Shape[3]);
        Tensor y = Tensor.Empty([x.Shape[0], height, width, channels], x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        KernelModule module = x.Device.Load(s_source, x.Type);
        using Tensor spans = Tensor.Empty([height + width, 2], ElementType.Int32, x.Device);
        using Tensor weights = Tensor.Empty(
            [(height * rows.Width) + (width * columns.Width)], x.Type.SumType(), x.Device);
        LaunchShape lines = LaunchShape.Elements(x.Device, height + width);
        module.Kernel("InterpolateWeights").Launch(
            lines with { Cost = LaunchCost.Of(spans, weights) }, spans, weights, KernelArgument.Structure(ref rows),
            KernelArgument.Structure(ref columns));

        InterpolatePlan plan = new(x.Shape, y.Shape, rows.Width, columns.Width);
        RowTiling tiling = new((long)x.Shape[0] * height, checked(width * channels));
        LaunchShape shape = tiling.Shape(x.Device) with { Cost = LaunchCost.Of(x, y) };
        module.Kernel("Interpolate").Launch(
            shape, x, spans, weights, y, KernelArgument.Structure(ref tiling), KernelArgument.Structure(ref plan));
        return y;
    }
}
