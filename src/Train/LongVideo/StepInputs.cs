using GenKernels.Kernels.Random;
using GenKernels.Models.LongVideo;
using GenKernels.Runtime;
using GenKernels.Train.Data;

namespace GenKernels.Train.LongVideo;

/// <summary>Makes what the updates of one training step are given, each time it is asked for anew.</summary>
/// <param name="gan">Whose updates.</param>
/// <param name="options">How they are trained.</param>
/// <param name="clips">Clips of an input.</param>
/// <param name="noise">Draws the generator's noise.</param>
/// <param name="loader">Gives as many real clips at a time; without one, noise stands for them.</param>
/// <param name="draws">The small draws of the step.</param>
internal sealed class StepInputs(
    LowResolutionGan gan, LowResolutionTrainingOptions options, int clips, RandomGenerator noise, ClipLoader? loader,
    StepDraws draws)
{
    private readonly LowResolutionDiscriminatorOptions _sizes = gan.Preset.Discriminator;

    internal GeneratorInput Fake()
    {
        LowResolutionGenerator generator = gan.Generator;
        Tensor? places =
            options.RandomOffset ? generator.Places(draws.Starts(clips, generator.TemporalScale)) : null;
        Shape shape = generator.NoiseShape(clips, _sizes.FrameCount, options.RandomOffset);
        return new GeneratorInput(noise.Normal(shape), _sizes.FrameCount, places, Augmentation());
    }

    internal RealInput Real()
    {
        Shape shape = [clips, _sizes.FrameCount, _sizes.Height, _sizes.Width, 3];
        Tensor video = loader is null ? noise.Uniform(shape) : Tensor.From(loader.Next(), shape, gan.Device);
        return new RealInput(video, Augmentation());
    }

    private ClipAugmentation Augmentation() =>
        draws.Augmentation(clips, options, _sizes.FrameCount, _sizes.Height, _sizes.Width);
}
