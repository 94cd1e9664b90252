namespace GenKernels.Train.Augmentation;

/// <summary>
/// Which augmentations there are, each with its share of the common probability, and how strong they are. Nothing is
/// done by default.
/// </summary>
/// <remarks>
/// Source: Karras et al. 2020, Training Generative Adversarial Networks with Limited Data, appendix B; corruption by
/// noise as in Brooks et al. 2022, Generating Long Videos of Dynamic Scenes. Filters of the image's bands and cutout,
/// which the former has too, are not here: no system uses them.
/// </remarks>
public sealed record AdaOptions
{
    /// <summary>Geometry and colour, as for the discriminator of the super-resolution network.</summary>
    public static AdaOptions GeometryAndColor => new()
    {
        Flip = 1, QuarterTurns = 1, WholeMoves = 1, Scale = 1, Rotation = 1, Anisotropy = 1, Moves = 1,
        Brightness = 1, Contrast = 1, LumaFlip = 1, Hue = 1, Saturation = 1,
    };

    /// <summary>Left and right exchanged: share of the probability, 0 or more.</summary>
    public double Flip { get; init; }

    /// <summary>Turns by multiples of 90 degrees: share of the probability.</summary>
    public double QuarterTurns { get; init; }

    /// <summary>Moves by whole pixels: share of the probability.</summary>
    public double WholeMoves { get; init; }

    /// <summary>Enlarging and shrinking: share of the probability.</summary>
    public double Scale { get; init; }

    /// <summary>Turns by any angle, before and after the anisotropy: share of the probability.</summary>
    public double Rotation { get; init; }

    /// <summary>Stretching along one axis and shrinking along the other: share of the probability.</summary>
    public double Anisotropy { get; init; }

    /// <summary>Moves by fractions of pixels: share of the probability.</summary>
    public double Moves { get; init; }

    /// <summary>Brightness: share of the probability.</summary>
    public double Brightness { get; init; }

    /// <summary>Contrast: share of the probability.</summary>
    public double Contrast { get; init; }

    /// <summary>Dark and light exchanged, hues kept: share of the probability.</summary>
    public double LumaFlip { get; init; }

    /// <summary>Turns of the hue: share of the probability.</summary>
    public double Hue { get; init; }

    /// <summary>Saturation: share of the probability.</summary>
    public double Saturation { get; init; }

    /// <summary>Noise added to every value: share of the probability.</summary>
    public double Noise { get; init; }

    /// <summary>Largest move by whole pixels, of the frame's size.</summary>
    public double WholeMoveLargest { get; init; } = 0.125;

    /// <summary>Deviation of the binary logarithm of the scale.</summary>
    public double ScaleDeviation { get; init; } = 0.2;

    /// <summary>Largest angle, of half a turn.</summary>
    public double RotationLargest { get; init; } = 1;

    /// <summary>Deviation of the binary logarithm of the stretch.</summary>
    public double AnisotropyDeviation { get; init; } = 0.2;

    /// <summary>Deviation of the move, of the frame's size.</summary>
    public double MoveDeviation { get; init; } = 0.125;

    /// <summary>Deviation of what is added to colours from -1 to 1.</summary>
    public double BrightnessDeviation { get; init; } = 0.2;

    /// <summary>Deviation of the binary logarithm of the factor of colours.</summary>
    public double ContrastDeviation { get; init; } = 0.5;

    /// <summary>Largest turn of the hue, of half a turn.</summary>
    public double HueLargest { get; init; } = 1;

    /// <summary>Deviation of the binary logarithm of the factor of the distance to grey.</summary>
    public double SaturationDeviation { get; init; } = 1;

    /// <summary>Deviation of the noise's deviation, of colours from -1 to 1.</summary>
    public double NoiseDeviation { get; init; } = 0.1;

    /// <summary>Whether anything moves pixels.</summary>
    internal bool HasGeometry => Flip + QuarterTurns + WholeMoves + Scale + Rotation + Anisotropy + Moves > 0;

    /// <summary>Whether anything changes colours.</summary>
    internal bool HasColor => Brightness + Contrast + LumaFlip + Hue + Saturation > 0;

    /// <summary>Slight geometry and noise, by which the input of the super-resolution network is spoiled.</summary>
    /// <param name="strength">8 in the paper.</param>
    public static AdaOptions Corruption(double strength = 8) => new()
    {
        Scale = 1, Rotation = 1, Anisotropy = 1, Moves = 1, Noise = 1,
        ScaleDeviation = 0.01 * strength, RotationLargest = 0.002 * strength, AnisotropyDeviation = 0.01 * strength,
        MoveDeviation = 0.002 * strength, NoiseDeviation = 0.01 * strength,
    };
}
