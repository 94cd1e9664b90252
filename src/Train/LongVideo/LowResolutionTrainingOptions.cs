using GenKernels.Runtime;

namespace GenKernels.Train.LongVideo;

/// <summary>How the low-resolution networks are trained; the defaults are those of the release.</summary>
public sealed record LowResolutionTrainingOptions
{
    /// <summary>Clips of a step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Into how many parts a batch is divided, one after the other, for devices with less memory.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Of the generator's Adam.</summary>
    public double GeneratorRate { get; init; } = 0.003;

    /// <summary>Of the discriminator's Adam, before the correction for the steps of the penalty.</summary>
    public double DiscriminatorRate { get; init; } = 0.002;

    /// <summary>β2 of both, before that correction; β1 is 0.</summary>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>Weight of the R1 penalty.</summary>
    public double R1Gamma { get; init; } = 1;

    /// <summary>Steps from one penalty to the next, whose gradient is multiplied by as much.</summary>
    public int R1Interval { get; init; } = 16;

    /// <summary>Of the generator's moving average, after its warm-up.</summary>
    public double AverageBeta { get; init; } = 0.99985;

    /// <summary>Steps over which the moving average comes to its full length.</summary>
    public long AverageWarmup { get; init; } = 25_000;

    /// <summary>Of the running magnitudes in the generator's layers.</summary>
    public double MagnitudeBeta { get; init; } = 0.999;

    /// <summary>Whether a clip is cut from a longer one at a random place, so that no frame is special to the
    /// generator.</summary>
    public bool RandomOffset { get; init; } = true;

    /// <summary>Whether all that the discriminator sees is changed by DiffAug, the same way in all frames of a
    /// clip.</summary>
    public bool DiffAug { get; init; } = true;

    /// <summary>The discriminator sees clips at a speed of 2^U(-s, s); 0 for none.</summary>
    public double StretchRange { get; init; } = 1;

    /// <summary>With which numbers the networks compute. The release trains as <see cref="Precision.Fp32"/>.</summary>
    public Precision Precision { get; init; } = Precision.Fp32;

    /// <summary>Of weights and of all draws.</summary>
    public ulong Seed { get; init; }

    /// <summary>The part of a step's learning that is the loss, where a penalty takes its share: k / (k + 1).</summary>
    /// <remarks>Source: Karras et al. 2020, StyleGAN2, appendix B (lazy regularization).</remarks>
    internal double LazyRatio => R1Interval > 0 ? R1Interval / (R1Interval + 1.0) : 1;
}
