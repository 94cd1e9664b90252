using GenKernels.Runtime;

namespace GenKernels.Train.LongVideo;

/// <summary>One draw of temporal stretches, one number per clip, each tensor <c>[N]</c>.</summary>
/// <param name="Scale">Factor by which the clip becomes longer, 32-bit floats.</param>
/// <param name="Padding">Zero frames before a clip that became shorter, 32-bit integers.</param>
/// <param name="CropStart">The first frame kept of a clip that became longer, 32-bit integers.</param>
public sealed record StretchDraws(Tensor Scale, Tensor Padding, Tensor CropStart);
