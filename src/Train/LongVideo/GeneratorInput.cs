using GenKernels.Runtime;
using GenKernels.Train.Runs;

namespace GenKernels.Train.LongVideo;

/// <summary>What one part of a batch of generated clips is made from.</summary>
/// <param name="Noise">White noise for the generator.</param>
/// <param name="FrameCount">Frames of each clip.</param>
/// <param name="Places">Where each clip begins on the generator's grid, as the generator says it; null for 0.</param>
/// <param name="Augmentation">What the discriminator's view of them is; null for as they are.</param>
public sealed record GeneratorInput(Tensor Noise, int FrameCount, Tensor? Places, ClipAugmentation? Augmentation)
    : IStepInput<GeneratorInput>
{
    IReadOnlyList<Tensor?> IStepInput<GeneratorInput>.Tensors =>
        [Noise, Places, .. ClipAugmentation.Tensors(Augmentation)];

    int IStepInput<GeneratorInput>.Variant => FrameCount;

    GeneratorInput IStepInput<GeneratorInput>.With(ReadOnlySpan<Tensor?> tensors) =>
        new(tensors[0]!, FrameCount, tensors[1], ClipAugmentation.From(tensors[2..]));
}
