using GenKernels.Autograd;

namespace GenKernels.Train.Verification;

/// <summary>Converts between the records' layout, channels second, and the tensors' layout, channels last.</summary>
internal static class ChannelLayout
{
    /// <returns><c>[N, C, …]</c> as <c>[N, …, C]</c>.</returns>
    internal static Variable ToChannelsLast(this Variable x) =>
        x.Permute([0, .. Enumerable.Range(2, x.Shape.Rank - 2), 1]);

    /// <returns><c>[N, …, C]</c> as <c>[N, C, …]</c>; a matrix is returned unchanged.</returns>
    internal static Variable ToChannelsFirst(this Variable x) => x.Shape.Rank == 2 ? x :
        x.Permute([0, x.Shape.Rank - 1, .. Enumerable.Range(1, x.Shape.Rank - 2)]);
}
