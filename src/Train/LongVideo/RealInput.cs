using GenKernels.Runtime;

namespace GenKernels.Train.LongVideo;

/// <summary>One part of a batch of real clips.</summary>
/// <param name="Video"><c>[N, T, H, W, 3]</c>, -1 to 1.</param>
/// <param name="Augmentation">What the discriminator's view of them is; null for as they are.</param>
public sealed record RealInput(Tensor Video, ClipAugmentation? Augmentation);
