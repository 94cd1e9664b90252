using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Normalization;

/// <summary>
/// Launches <c>GroupNorm.cu</c>: normalises each group of channels of a sample to mean 0 and variance 1.
/// </summary>
public static class GroupNorm
{
    private static readonly KernelSource s_source = Source("Normalization/GroupNorm.cu", PackWidths.Variants);

    /// <param name="x">Activations, <c>[N, …, C]</c>, at least two axes, floats.</param>
    /// <param name="groups">Number of groups, each of C / groups adjacent channels.</param>
    /// <param name="weight">Per-channel factor, applied after normalisation, <c>[C]</c>; or null for ones.</param>
    /// <param name="bias">Added after the weight, <c>[C]</c>; or null for zeros.</param>
    /// <param name="epsilon">Added to the variance; positive, in squared units of <paramref name="x"/>.</param>
    /// <param name="silu">Whether to apply SiLU, z / (1 + e^-z), to the result.</param>
    /// <returns>
    /// The result, of the shape of <paramref name="x"/>, and <c>[N, groups, 2]</c>: mean and 1 / √(variance + ε) of
    /// each group, Float64 if <paramref name="x"/> is, else Float32. The caller or its scope disposes both.
    /// </returns>
    /// <exception cref="ShapeException">
    /// The channels are not a multiple of <paramref name="groups"/>, or the shapes of weight or bias do not fit.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epsilon"/> is not positive and finite.</exception>
    public static (Tensor Value, Tensor Statistics) Forward(
        Tensor x, int groups, Tensor? weight, Tensor? bias, float epsilon, bool silu = false)
    {
        Check(x, groups, weight, bias);
        Require.Positive(epsilon);

        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        Tensor statistics = Tensor.Empty([x.Shape[0], groups, 2], x.Type.SumType(), x.Device);
        bool isDone = x.ElementCount == 0
            || GroupNormSlice.TryForward(x, groups, weight, bias, y, statistics, epsilon, silu);
        if (!isDone) InPasses(x, groups, weight, bias, y, statistics, epsilon, silu);
        return (y, statistics);
    }

    /// <summary>Multi-pass form, for groups of any size: the moments, then the elements.</summary>
    internal static void InPasses(
        Tensor x, int groups, Tensor? weight, Tensor? bias, Tensor y, Tensor statistics, float epsilon, bool silu)
    {
        GroupPlan plan = new(groups, lanePasses: 1, x, y);
        KernelModule module = x.Device.Load(s_source, x.Type, plan.Variant);
        ElementType sumType = statistics.Type;
        using Tensor partial = Tensor.Empty([x.Shape[0], plan.ChunkCount, plan.PartCount, 2], sumType, x.Device);
        module.Kernel("GroupNormStatistics").Launch(
            plan.Shape(x.Device, 2, sumType) with { Cost = LaunchCost.Of(x, partial) }, x, partial,
            KernelArgument.Structure(ref plan));
        bool isCombined = !plan.CombinesInEveryBlock(x.Device);
        if (isCombined)
        {
            module.Kernel("GroupNormCombine").Launch(
                LaunchShape.WarpPerRow(x.Device, (long)x.Shape[0] * groups) with
                {
                    Cost = LaunchCost.Of(partial, statistics),
                },
                partial, statistics, KernelArgument.Structure(ref plan), epsilon);
        }

        LaunchCost cost = LaunchCost.Of(x, isCombined ? null : partial, statistics, weight, bias, y);
        module.Kernel("GroupNorm").Launch(
            plan.ChannelShape(x.Device, x.Device.WarpSize == 1 ? 3 : 2, sumType) with { Cost = cost },
            x, isCombined ? null : partial, statistics, weight, bias, y, KernelArgument.Structure(ref plan), epsilon,
            silu ? 1 : 0);
    }

    /// <summary>Validates the input against the number of groups, weight and bias.</summary>
    internal static void Check(Tensor x, int groups, Tensor? weight, Tensor? bias)
    {
        Require.Float(x);
        Require.That(x.Shape.Rank >= 2, $"x must have samples and channels, got shape {x.Shape}");
        Require.That(
            groups > 0 && x.Shape[^1] % groups == 0, $"the channels of {x.Shape} do not divide into {groups} groups");
        if (weight is not null) Require.Shape(weight, [x.Shape[^1]]);
        if (weight is not null) Require.SameKind(x, weight);
        if (bias is not null) Require.Shape(bias, [x.Shape[^1]]);
        if (bias is not null) Require.SameKind(x, bias);
    }
}
