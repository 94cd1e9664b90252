using GenKernels.Runtime;

namespace GenKernels.Train.LongVideo;

/// <summary>What one part of a batch of generated clips is made from.</summary>
/// <param name="Noise">White noise for the generator.</param>
/// <param name="FrameCount">Frames of each clip.</param>
/// <param name="Starts">Where each clip begins on the generator's grid; null for 0.</param>
/// <param name="Augmentation">What the discriminator's view of them is; null for as they are.</param>
public sealed record GeneratorInput(Tensor Noise, int FrameCount, int[]? Starts, ClipAugmentation? Augmentation);
