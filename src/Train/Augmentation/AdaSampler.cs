using GenKernels.Autograd;

namespace GenKernels.Train.Augmentation;

/// <summary>Draws the augmentations of a batch of clips.</summary>
/// <remarks>
/// Source: Karras et al. 2020, Training Generative Adversarial Networks with Limited Data, appendix B and figure 12.
/// For each augmentation, the strengths of all clips are drawn first, then whether it is applied to each clip.
/// </remarks>
public sealed class AdaSampler
{
    private readonly AdaOptions _options;
    private readonly double _probability;
    private readonly int _clips;
    private readonly IAdaDraws _draws;

    private AdaSampler(AdaOptions options, double probability, int clips, IAdaDraws draws) =>
        (_options, _probability, _clips, _draws) = (options, probability, clips, draws);

    /// <param name="options">Which augmentations are applied.</param>
    /// <param name="probability">Common probability of the augmentations, 0 to 1.</param>
    /// <param name="clips">Number of clips.</param>
    /// <param name="height">Rows of a frame.</param>
    /// <param name="width">Columns of a frame.</param>
    /// <param name="draws">The random numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not from 0 to 1.</exception>
    public static AdaTransform Draw(
        AdaOptions options, double probability, int clips, int height, int width, IAdaDraws draws)
    {
        if (probability is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), $"must be from 0 to 1, got {probability}");
        }

        AdaSampler sampler = new(options, probability, clips, draws);
        return new AdaTransform(
            options.HasGeometry ? sampler.Geometry(height, width) : null,
            options.HasColor ? sampler.Color() : null,
            options.Noise > 0 ? sampler.Noise() : null);
    }

    /// <summary>The inverse maps of the geometry, composed so that the inverse of the first augmentation is
    /// outermost.</summary>
    private PlaneMap[] Geometry(int height, int width)
    {
        AdaOptions options = _options;
        PlaneMap[] maps = [.. Enumerable.Repeat(PlaneMap.Identity, _clips)];
        void Then(double share, Func<double[]> draw, Func<double, double, PlaneMap> inverse) =>
            Join(maps, share * _probability, draw, inverse, (all, next) => all * next);

        // Two rotations: the probability that at least one is applied is that of one augmentation.
        void Turn() => Join(
            maps, 1 - Math.Sqrt(Math.Max(0, 1 - (options.Rotation * _probability))),
            () => Symmetric(1, Math.PI * options.RotationLargest), (angle, _) => PlaneMap.Turn(angle),
            (all, next) => all * next);

        Then(options.Flip, () => Whole(2), (flip, _) => PlaneMap.Stretch(1 - (2 * flip), 1));
        Then(options.QuarterTurns, () => Whole(4), (count, _) => PlaneMap.Turn(Math.PI / 2 * count));
        Then(options.WholeMoves, () => Symmetric(2, options.WholeMoveLargest), (x, y) =>
            PlaneMap.Move(-Math.Round(x * width), -Math.Round(y * height)));
        Then(options.Scale, () => Powers(options.ScaleDeviation), (size, _) => PlaneMap.Stretch(1 / size, 1 / size));
        Turn();
        Then(options.Anisotropy, () => Powers(options.AnisotropyDeviation), (size, _) =>
            PlaneMap.Stretch(1 / size, size));
        Turn();
        Then(options.Moves, () => Normals(2, options.MoveDeviation), (x, y) => PlaneMap.Move(-x * width, -y * height));
        return maps;
    }

    private ColorMap[] Color()
    {
        AdaOptions options = _options;
        ColorMap[] maps = [.. Enumerable.Repeat(ColorMap.Identity, _clips)];
        void Then(double share, Func<double[]> draw, Func<double, ColorMap> map) => Join(
            maps, share * _probability, draw, (value, _) => map(value), (all, next) => all.Then(next));

        Then(options.Brightness, () => Normals(1, options.BrightnessDeviation), ColorMap.Brighten);
        Then(options.Contrast, () => Powers(options.ContrastDeviation), ColorMap.Scale);
        Then(options.LumaFlip, () => Whole(2), flip => ColorMap.Stretch(1 - (2 * flip), 1));
        Then(options.Hue, () => Symmetric(1, Math.PI * options.HueLargest), ColorMap.TurnHue);
        Then(options.Saturation, () => Powers(options.SaturationDeviation), size => ColorMap.Stretch(1, size));
        return maps;
    }

    private double[] Noise()
    {
        double[] deviations = new double[_clips];
        Join(
            deviations, _options.Noise * _probability, () => Normals(1, _options.NoiseDeviation),
            (value, _) => Math.Abs(value), (all, next) => all + next);
        return deviations;
    }

    /// <summary>Draws one or two strengths per clip, then whether the augmentation is applied to it, and joins those
    /// that are.</summary>
    private void Join<T>(
        T[] all, double probability, Func<double[]> draw, Func<double, double, T> make, Func<T, T, T> join)
    {
        if (probability <= 0) return;
        double[] strengths = draw();
        int each = strengths.Length / Math.Max(1, _clips);
        double[] chances = _draws.Uniform(_clips);
        for (int clip = 0; clip < _clips; clip++)
        {
            if (chances[clip] >= probability) continue;
            int first = clip * each;
            all[clip] = join(all[clip], make(strengths[first], strengths[first + each - 1]));
        }
    }

    /// <returns>One integer per clip, from 0 to below a bound.</returns>
    private double[] Whole(int bound) => Array.ConvertAll(_draws.Uniform(_clips), value => Math.Floor(value * bound));

    private double[] Symmetric(int each, double largest) =>
        Array.ConvertAll(_draws.Uniform(each * _clips), value => ((2 * value) - 1) * largest);

    private double[] Normals(int each, double deviation) =>
        Array.ConvertAll(_draws.Normal(each * _clips), value => value * deviation);

    private double[] Powers(double deviation) => Array.ConvertAll(Normals(1, deviation), value => Math.Pow(2, value));
}
