namespace GenKernels.Train.LongVideo;

/// <summary>Parts of a training step.</summary>
[Flags]
public enum TrainingPhases
{
    /// <summary>The update of the generator.</summary>
    Generator = 1,

    /// <summary>The update of the discriminator.</summary>
    Discriminator = 2,

    /// <summary>The update of the discriminator on the R1 penalty, which is not due in every step.</summary>
    Penalty = 4,

    /// <summary>The update of the generator's moving average.</summary>
    Average = 8,

    /// <summary>All phases, one after the other.</summary>
    All = Generator | Discriminator | Penalty | Average,
}
