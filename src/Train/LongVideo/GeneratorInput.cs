using GenKernels.Runtime;
using GenKernels.Train.Runs;

namespace GenKernels.Train.LongVideo;

/// <summary>The input of one part of a batch of generated clips.</summary>
/// <param name="Noise">White noise for the generator.</param>
/// <param name="FrameCount">Frames of each clip.</param>
/// <param name="Places">Where each clip starts, from <c>LowResolutionGenerator.Places</c>; null for 0.</param>
/// <param name="Augmentation">Applied before the discriminator; null for none.</param>
public sealed record GeneratorInput(Tensor Noise, int FrameCount, Tensor? Places, ClipAugmentation? Augmentation)
    : IStepInput<GeneratorInput>
{
    IReadOnlyList<Tensor?> IStepInput<GeneratorInput>.Tensors =>
        [Noise, Places, .. ClipAugmentation.Tensors(Augmentation)];

    int IStepInput<GeneratorInput>.Variant => FrameCount;

    GeneratorInput IStepInput<GeneratorInput>.With(ReadOnlySpan<Tensor?> tensors) =>
        new(tensors[0]!, FrameCount, tensors[1], ClipAugmentation.From(tensors[2..]));
}
