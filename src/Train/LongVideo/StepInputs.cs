using GenKernels.Kernels.Random;
using GenKernels.Models.LongVideo;
using GenKernels.Runtime;
using GenKernels.Train.Data;

namespace GenKernels.Train.LongVideo;

/// <summary>Makes the inputs of the updates of one training step, new ones at each call.</summary>
/// <param name="gan">The networks to be updated.</param>
/// <param name="options">Training options.</param>
/// <param name="clips">Clips per input.</param>
/// <param name="noise">Draws the generator's noise.</param>
/// <param name="loader">Yields that many real clips at a time; if null, noise takes their place.</param>
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
