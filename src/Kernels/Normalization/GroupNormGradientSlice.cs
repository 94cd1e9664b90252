using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Normalization;

/// <summary>
/// Launches <c>GroupNormGradientSlice.cu</c>: <see cref="GroupNormGradient"/> for groups that fit shared memory.
/// </summary>
internal static class GroupNormGradientSlice
{
    // The sum of dz and that of dz h.
    private const int Sums = 2;

    private static readonly KernelSource s_source =
        Source("Normalization/GroupNormGradientSlice.cu", PackWidths.Variants);

    /// <summary>
    /// If groups fit shared memory, writes <paramref name="dx"/>, and <paramref name="dw"/> and <paramref name="db"/>
    /// unless null.
    /// </summary>
    /// <returns>Whether groups fit.</returns>
    internal static bool TryBackward(
        Tensor x, Tensor dy, Tensor statistics, Tensor? weight, Tensor? bias, Tensor dx, Tensor? dw, Tensor? db,
        bool silu)
    {
        (int samples, int channels, int groups) = (x.Shape[0], x.Shape[^1], statistics.Shape[1]);
        if (GroupSlice.Of(groups, held: 2, Sums, x, dy, dx) is not { } slice) return false;
        KernelModule module = x.Device.Load(s_source, x.Type, slice.Variant);
        using Tensor sums = Tensor.Empty([samples, Sums, channels], statistics.Type, x.Device);
        module.Kernel("GroupNormGradientSlice").Launch(
            slice.Launch with { Cost = LaunchCost.Of(x, dy, statistics, weight, bias, dx, sums) },
            x, dy, statistics, weight, bias, dx, sums, slice.PositionCount, channels, groups, silu ? 1 : 0);
        if (dw is null && db is null) return true;
        module.Kernel("GroupNormGradientSliceSamples").Launch(
            LaunchShape.Blocks(x.Device, Quotient.Up(channels, LaunchShape.DefaultBlock)) with
            {
                Cost = LaunchCost.Of(sums, dw, db),
            },
            sums, dw, db, samples, channels);
        return true;
    }
}
