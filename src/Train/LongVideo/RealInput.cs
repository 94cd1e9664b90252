using GenKernels.Runtime;
using GenKernels.Train.Runs;

namespace GenKernels.Train.LongVideo;

/// <summary>One part of a batch of real clips.</summary>
/// <param name="Video"><c>[N, T, H, W, 3]</c>, -1 to 1.</param>
/// <param name="Augmentation">Applied before the discriminator; null for none.</param>
public sealed record RealInput(Tensor Video, ClipAugmentation? Augmentation) : IStepInput<RealInput>
{
    IReadOnlyList<Tensor?> IStepInput<RealInput>.Tensors => [Video, .. ClipAugmentation.Tensors(Augmentation)];

    int IStepInput<RealInput>.Variant => 0;

    RealInput IStepInput<RealInput>.With(ReadOnlySpan<Tensor?> tensors) =>
        new(tensors[0]!, ClipAugmentation.From(tensors[1..]));
}
