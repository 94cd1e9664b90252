using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Normalization;

/// <summary>Launches <c>GroupNormSlice.cu</c>: <see cref="GroupNorm"/> for groups that fit shared memory.</summary>
internal static class GroupNormSlice
{
    private static readonly KernelSource s_source = Source("Normalization/GroupNormSlice.cu", PackWidths.Variants);

    /// <summary>Writes <paramref name="y"/> and <paramref name="statistics"/> if groups fit shared memory.</summary>
    /// <returns>Whether they fit.</returns>
    internal static bool TryForward(
        Tensor x, int groups, Tensor? weight, Tensor? bias, Tensor y, Tensor statistics, float epsilon, bool silu)
    {
        if (GroupSlice.Of(groups, held: 1, numbers: 0, x, y) is not { } slice) return false;
        x.Device.Load(s_source, x.Type, slice.Variant).Kernel("GroupNormSlice").Launch(
            slice.Launch with { Cost = LaunchCost.Of(x, weight, bias, y, statistics) },
            x, weight, bias, y, statistics, slice.PositionCount, x.Shape[^1], groups, epsilon, silu ? 1 : 0);
        return true;
    }
}
