namespace GenKernels.Train.Augmentation;

/// <summary>
/// Which augmentations are applied, each with a multiplier of the common probability, and how strong they are. None is
/// applied by default.
/// </summary>
/// <remarks>
/// Source: Karras et al. 2020, Training Generative Adversarial Networks with Limited Data, appendix B; corruption by
/// noise as in Brooks et al. 2022, Generating Long Videos of Dynamic Scenes. Image-space filtering and cutout of the
/// former are left out: no system uses them.
/// </remarks>
public sealed record AdaOptions
{
    /// <summary>Geometry and colour, as used for the discriminator of the super-resolution network.</summary>
    public static AdaOptions GeometryAndColor => new()
    {
        Flip = 1, QuarterTurns = 1, WholeMoves = 1, Scale = 1, Rotation = 1, Anisotropy = 1, Moves = 1,
        Brightness = 1, Contrast = 1, LumaFlip = 1, Hue = 1, Saturation = 1,
    };

    /// <summary>Horizontal flip: multiplier of the probability, 0 or more.</summary>
    public double Flip { get; init; }

    /// <summary>Rotation by multiples of 90 degrees: multiplier of the probability.</summary>
    public double QuarterTurns { get; init; }

    /// <summary>Translation by whole pixels: multiplier of the probability.</summary>
    public double WholeMoves { get; init; }

    /// <summary>Isotropic scaling: multiplier of the probability.</summary>
    public double Scale { get; init; }

    /// <summary>Rotation by any angle, before and after anisotropic scaling: multiplier of the probability.</summary>
    public double Rotation { get; init; }

    /// <summary>Anisotropic scaling, one axis stretched and the other shrunk: multiplier of the probability.</summary>
    public double Anisotropy { get; init; }

    /// <summary>Translation by fractions of pixels: multiplier of the probability.</summary>
    public double Moves { get; init; }

    /// <summary>Brightness: multiplier of the probability.</summary>
    public double Brightness { get; init; }

    /// <summary>Contrast: multiplier of the probability.</summary>
    public double Contrast { get; init; }

    /// <summary>Luma flip, dark and light exchanged with hues kept: multiplier of the probability.</summary>
    public double LumaFlip { get; init; }

    /// <summary>Hue rotation: multiplier of the probability.</summary>
    public double Hue { get; init; }

    /// <summary>Saturation: multiplier of the probability.</summary>
    public double Saturation { get; init; }

    /// <summary>Noise added to every value: multiplier of the probability.</summary>
    public double Noise { get; init; }

    /// <summary>Largest translation by whole pixels, as a fraction of the frame size.</summary>
    public double WholeMoveLargest { get; init; } = 0.125;

    /// <summary>Standard deviation of the binary logarithm of the scale.</summary>
    public double ScaleDeviation { get; init; } = 0.2;

    /// <summary>Largest rotation, as a fraction of half a turn.</summary>
    public double RotationLargest { get; init; } = 1;

    /// <summary>Standard deviation of the binary logarithm of the anisotropic scale.</summary>
    public double AnisotropyDeviation { get; init; } = 0.2;

    /// <summary>Standard deviation of the translation, as a fraction of the frame size.</summary>
    public double MoveDeviation { get; init; } = 0.125;

    /// <summary>Standard deviation of the offset added to colours, which range from -1 to 1.</summary>
    public double BrightnessDeviation { get; init; } = 0.2;

    /// <summary>Standard deviation of the binary logarithm of the contrast factor.</summary>
    public double ContrastDeviation { get; init; } = 0.5;

    /// <summary>Largest hue rotation, as a fraction of half a turn.</summary>
    public double HueLargest { get; init; } = 1;

    /// <summary>Standard deviation of the binary logarithm of the saturation factor, which multiplies the distance to
    /// grey.</summary>
    public double SaturationDeviation { get; init; } = 1;

    /// <summary>Standard deviation of the noise's own standard deviation, for colours from -1 to 1.</summary>
    public double NoiseDeviation { get; init; } = 0.1;

    /// <summary>Whether any geometric augmentation is on.</summary>
    internal bool HasGeometry => Flip + QuarterTurns + WholeMoves + Scale + Rotation + Anisotropy + Moves > 0;

    /// <summary>Whether any colour augmentation is on.</summary>
    internal bool HasColor => Brightness + Contrast + LumaFlip + Hue + Saturation > 0;

    /// <summary>Slight geometry and noise that corrupt the input of the super-resolution network.</summary>
    /// <param name="strength">8 in the paper.</param>
    public static AdaOptions Corruption(double strength = 8) => new()
    {
        Scale = 1, Rotation = 1, Anisotropy = 1, Moves = 1, Noise = 1,
        ScaleDeviation = 0.01 * strength, RotationLargest = 0.002 * strength, AnisotropyDeviation = 0.01 * strength,
        MoveDeviation = 0.002 * strength, NoiseDeviation = 0.01 * strength,
    };
}
