using GenKernels.Runtime;

namespace GenKernels.Train.LongVideo;

/// <summary>One draw of speeds, one number a clip, all <c>[N]</c>.</summary>
/// <param name="Scale">How many times longer, 32-bit floats.</param>
/// <param name="Padding">Zero frames before a clip that became shorter, 32-bit integers.</param>
/// <param name="CropStart">The first frame kept of one that became longer, 32-bit integers.</param>
public sealed record StretchDraws(Tensor Scale, Tensor Padding, Tensor CropStart);
