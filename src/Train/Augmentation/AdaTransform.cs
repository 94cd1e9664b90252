using GenKernels.Autograd;
using GenKernels.Kernels.Augmentation;
using GenKernels.Runtime;

namespace GenKernels.Train.Augmentation;

/// <summary>One draw of what is done to a batch of clips; all frames of a clip are treated alike.</summary>
/// <param name="Sources">From pixels of the results to where they are read, one a clip; null for no geometry.</param>
/// <param name="Colors">One map a clip; null for none.</param>
/// <param name="Noise">Deviation of the noise, one a clip; null for none.</param>
public sealed record AdaTransform(
    IReadOnlyList<PlaneMap>? Sources, IReadOnlyList<ColorMap>? Colors, IReadOnlyList<double>? Noise)
{
    /// <summary>Geometry, then colour, then noise. Differentiable to any order.</summary>
    /// <param name="clips">Of colours, <c>[N, T, H, W, 3]</c>, or of any channels where no colours change.</param>
    /// <param name="lowpass">What <see cref="Kernels.Filtering.Design.Symlet"/> gives, <c>[12]</c>, Float32.</param>
    /// <param name="noise">Standard normal numbers of the shape of the clips; not read, and may be null, where no
    /// noise was drawn.</param>
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
