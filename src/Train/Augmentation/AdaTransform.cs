using GenKernels.Autograd;
using GenKernels.Kernels.Augmentation;
using GenKernels.Runtime;

namespace GenKernels.Train.Augmentation;

/// <summary>One draw of the augmentations of a batch; all frames of a clip are treated alike.</summary>
/// <param name="Sources">Maps from output pixels to the input positions they are read from, one per clip; null for
/// none.</param>
/// <param name="Colors">Colour maps, one per clip; null for none.</param>
/// <param name="Noise">Standard deviation of the noise, one per clip; null for none.</param>
public sealed record AdaTransform(
    IReadOnlyList<PlaneMap>? Sources, IReadOnlyList<ColorMap>? Colors, IReadOnlyList<double>? Noise)
{
    /// <summary>Applies geometry, then colour, then noise. Differentiable to any order.</summary>
    /// <param name="clips">Colour clips, <c>[N, T, H, W, 3]</c>, or with any number of channels if no colours
    /// change.</param>
    /// <param name="lowpass">The filter of <see cref="Kernels.Filtering.Design.Symlet"/>, <c>[12]</c>, Float32.</param>
    /// <param name="noise">Standard normal numbers in the shape of the clips; not read, and may be null, if no noise
    /// was drawn.</param>
    /// <returns>Clips of the same shape.</returns>
    /// <exception cref="ShapeException">The clips do not fit the draw, or the noise is missing.</exception>
    public Variable Apply(Variable clips, Tensor lowpass, Tensor? noise = null)
    {
        if (Sources is not null) clips = clips.WarpClips(Sources, lowpass);
        if (Colors is not null) clips = clips.ColorTransform(new Variable(Matrices(Colors, clips)));
        if (Noise is null) return clips;
        if (noise is null) throw new ShapeException("AdaTransform: noise was drawn, its numbers are missing");
        Require.Same(clips.Value, noise);
        Variable deviation = new(Tensor.From([.. Noise.Select(value => (float)value)], [Noise.Count], clips.Device));
        return clips + (new Variable(noise) * deviation.Cast(clips.Type).Reshape([Noise.Count, 1, 1, 1, 1]));
    }

    private static Tensor Matrices(IReadOnlyList<ColorMap> colors, Variable clips)
    {
        double[] numbers = [.. colors.SelectMany(color => color.ToArray())];
        Shape shape = [colors.Count, 3, 4];
        return ColorTransform.MatrixType(clips.Type) == ElementType.Float64
            ? Tensor.From(numbers, shape, clips.Device)
            : Tensor.From(Array.ConvertAll(numbers, number => (float)number), shape, clips.Device);
    }
}
