using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Normalization;

/// <summary>Launches <c>GroupNormGradient.cu</c>: the gradients of <see cref="GroupNorm"/>.</summary>
public static class GroupNormGradient
{
    // Columns per block of the reduction over chunks, as in the kernel.
    private const int Columns = 32;
    private static readonly KernelSource s_source = Source("Normalization/GroupNormGradient.cu", PackWidths.Variants);

    /// <param name="x">The input of <see cref="GroupNorm.Forward"/>, <c>[N, …, C]</c>, floats.</param>
    /// <param name="dy">The upstream gradient, of the shape of <paramref name="x"/>.</param>
    /// <param name="statistics">Mean and 1 / √(variance + ε), as returned by the forward pass.</param>
    /// <param name="weight">As in the forward pass.</param>
    /// <param name="bias">As in the forward pass.</param>
    /// <param name="silu">As in the forward pass.</param>
    /// <param name="needsParameters">Whether the gradients of weight and bias are wanted.</param>
    /// <returns>
    /// The gradients; those of weight and bias are null if not wanted or if the parameter is null. The caller or its
    /// scope disposes them.
    /// </returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">The types do not fit.</exception>
    public static (Tensor X, Tensor? Weight, Tensor? Bias) Backward(
        Tensor x, Tensor dy, Tensor statistics, Tensor? weight, Tensor? bias, bool silu, bool needsParameters = true)
    {
        Check(x, statistics, weight, bias);
        Require.Same(x, dy);

        Tensor dx = Tensor.Empty(x.Shape, x.Type, x.Device);
        (Tensor? dw, Tensor? db) = needsParameters
            ? (ParameterGradient.Of(weight, x), ParameterGradient.Of(bias, x))
            : default;
        bool isDone = x.ElementCount == 0
            || GroupNormGradientSlice.TryBackward(x, dy, statistics, weight, bias, dx, dw, db, silu);
        if (!isDone) InPasses(x, dy, statistics, weight, bias, dx, dw, db, silu);
        return (dx, dw, db);
    }

    /// <summary>Multi-pass form, for groups of any size: the sums, then the elements.</summary>
    internal static void InPasses(
        Tensor x, Tensor dy, Tensor statistics, Tensor? weight, Tensor? bias, Tensor dx, Tensor? dw, Tensor? db,
        bool silu)
    {
        KernelArgument isSilu = silu ? 1 : 0;
        using Tensor sums = Sums(x, dy, statistics, weight, bias, dx, isSilu);
        GroupPlan plan = new(statistics.Shape[1], lanePasses: 1, x, dy, dx);
        int numbers = x.Device.WarpSize == 1 ? 8 : 2;
        x.Device.Load(s_source, x.Type, plan.Variant).Kernel("GroupNormGradient").Launch(
            plan.ChannelShape(x.Device, numbers, sums.Type) with
            {
                Cost = LaunchCost.Of(x, dy, sums, weight, bias, dx, dw, db),
            },
            x, dy, statistics, sums, weight, bias, dx, dw, db, KernelArgument.Structure(ref plan), isSilu);
    }

    /// <returns>
    /// The sums of dz and of dz h of each sample and channel, <c>[N, 2, C]</c>; on the host <paramref name="dx"/> may
    /// hold dz afterwards.
    /// </returns>
    private static Tensor Sums(
        Tensor x, Tensor dy, Tensor statistics, Tensor? weight, Tensor? bias, Tensor dx, KernelArgument isSilu)
    {
        // Chunks of twice the rows of the other passes, since the sums of each chunk are written and read back.
        GroupPlan plan = new(statistics.Shape[1], lanePasses: 2, x, dy);
        (int samples, int columns) = (x.Shape[0], 2 * x.Shape[^1]);
        KernelModule module = x.Device.Load(s_source, x.Type, plan.Variant);
        using Tensor partial = Tensor.Empty([samples, plan.ChunkCount, columns], statistics.Type, x.Device);
        Tensor sums = Tensor.Empty([samples, columns], statistics.Type, x.Device);
        int numbers = x.Device.WarpSize == 1 ? 6 : 2;
        module.Kernel("GroupNormGradientSums").Launch(
            plan.Shape(x.Device, numbers, partial.Type) with { Cost = LaunchCost.Of(x, dy, weight, bias, partial) },
            x, dy, statistics, weight, bias, dx, partial, KernelArgument.Structure(ref plan), isSilu);
        long blocks = (long)samples * ((columns + Columns - 1) / Columns);
        module.Kernel("GroupNormGradientReduce").Launch(
            LaunchShape.Blocks(x.Device, blocks) with { Cost = LaunchCost.Of(partial, sums) },
            partial, sums, plan.ChunkCount, columns);
        return sums;
    }

    private static void Check(Tensor x, Tensor statistics, Tensor? weight, Tensor? bias)
    {
        Require.Rank(statistics, 3);
        GroupNorm.Check(x, statistics.Shape[1], weight, bias);
        Require.Shape(statistics, [x.Shape[0], -1, 2]);
        ElementType type = x.Type.SumType();
        Require.That(
            statistics.Type == type && statistics.Device == x.Device,
            $"statistics must be {type} on {x.Device}, got {statistics}");
    }
}
