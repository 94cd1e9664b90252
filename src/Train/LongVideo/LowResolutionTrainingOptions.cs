using GenKernels.Runtime;

namespace GenKernels.Train.LongVideo;

/// <summary>How the low-resolution networks are trained; the defaults are those of the release.</summary>
public sealed record LowResolutionTrainingOptions
{
    /// <summary>Clips per step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Number of parts that a batch is divided into, processed one after the other, to save device
    /// memory.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Learning rate of the generator's Adam.</summary>
    public double GeneratorRate { get; init; } = 0.003;

    /// <summary>Learning rate of the discriminator's Adam, before the correction for lazy regularisation.</summary>
    public double DiscriminatorRate { get; init; } = 0.002;

    /// <summary>β2 of both optimizers, before that correction; β1 is 0.</summary>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>Weight γ of the R1 penalty.</summary>
    public double R1Gamma { get; init; } = 1;

    /// <summary>Steps between R1 penalties, and the factor of the penalty's gradient; 0 for no penalty.</summary>
    public int R1Interval { get; init; } = 16;

    /// <summary>Decay of the generator's moving average, after its warm-up.</summary>
    public double AverageBeta { get; init; } = 0.99985;

    /// <summary>Steps over which the moving average reaches its full length.</summary>
    public long AverageWarmup { get; init; } = 25_000;

    /// <summary>Decay of the running magnitudes in the generator's layers.</summary>
    public double MagnitudeBeta { get; init; } = 0.999;

    /// <summary>Whether clips are cropped from longer ones at a random start, so that no frame is special to the
    /// generator.</summary>
    public bool RandomOffset { get; init; } = true;

    /// <summary>Whether everything the discriminator sees goes through DiffAug, with the same draw for all frames of a
    /// clip.</summary>
    public bool DiffAug { get; init; } = true;

    /// <summary>Range s of the temporal stretch of what the discriminator sees, by a factor 2^U(-s, s); 0 for
    /// none.</summary>
    public double StretchRange { get; init; } = 1;

    /// <summary>Element types of the computation. The release trains as <see cref="Precision.Fp32"/>.</summary>
    public Precision Precision { get; init; } = Precision.Fp32;

    /// <summary>Seed of the weights and of all draws.</summary>
    public ulong Seed { get; init; }

    /// <summary>Correction of learning rate and β2 for the extra step of the lazy penalty: k / (k + 1); 1 without a
    /// penalty.</summary>
    /// <remarks>Source: Karras et al. 2020, StyleGAN2, appendix B (lazy regularization).</remarks>
    internal double LazyRatio => R1Interval > 0 ? R1Interval / (R1Interval + 1.0) : 1;

    /// <returns>What is wrong with them, in a few words; null where nothing is.</returns>
    public string? Fault()
    {
        if (BatchSize <= 0 || Accumulate <= 0 || BatchSize % Accumulate != 0)
        {
            return $"a batch of {BatchSize} clips cannot be split into {Accumulate} equal parts";
        }

        if (R1Interval < 0 || AverageWarmup < 0)
        {
            return $"R1Interval {R1Interval} and AverageWarmup {AverageWarmup} must not be negative";
        }

        (string Name, double Value)[] sizes =
        [
            (nameof(GeneratorRate), GeneratorRate), (nameof(DiscriminatorRate), DiscriminatorRate),
            (nameof(R1Gamma), R1Gamma), (nameof(StretchRange), StretchRange), (nameof(Beta2), Beta2),
            (nameof(AverageBeta), AverageBeta), (nameof(MagnitudeBeta), MagnitudeBeta),
        ];
        foreach ((string name, double value) in sizes)
        {
            if (!(value >= 0 && float.IsFinite((float)value))) return $"{name} must be finite and not negative";
        }

        return (float)Beta2 < 1 && AverageBeta <= 1 && MagnitudeBeta <= 1
            ? null
            : "Beta2 must be less than 1, AverageBeta and MagnitudeBeta at most 1";
    }
}
