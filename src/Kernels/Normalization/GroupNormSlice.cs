using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Normalization;

/// <summary>Launches <c>GroupNormSlice.cu</c>: <see cref="GroupNorm"/> of groups that fit shared memory.</summary>
internal static class GroupNormSlice
{
    private static readonly KernelSource s_source = Source("Normalization/GroupNormSlice.cu", PackWidths.Variants);

    /// <summary>Sets <paramref name="y"/> and <paramref name="statistics"/>, where a slice fits.</summary>
    /// <returns>Whether it does.</returns>
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
