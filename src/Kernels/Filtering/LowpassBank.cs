using GenKernels.Kernels.Movement;

namespace GenKernels.Kernels.Filtering;

/// <summary>Launches <c>LowpassBank.cu</c>: filters every noise channel with every filter of a bank.</summary>
public static class LowpassBank
{
    // As in the kernel: filters per block, and outputs per block on the host device.
    private const int Filters = 4;
    private const int HostTile = 128;
    private static readonly KernelSource s_source = Source("Filtering/LowpassBank.cu");

    /// <param name="noise">Sequences, <c>[N, L, K]</c>, floats.</param>
    /// <param name="filters">
    /// The bank, <c>[B, J]</c>, Float32, applied without flipping (a correlation); J at most L.
    /// </param>
    /// <param name="tapCounts">
    /// Effective taps of each filter, the last ones of its row, <c>[B]</c>, Int32, 1 to J. The others must be 0: they
    /// are read too where a filter of the same group is longer.
    /// </param>
    /// <param name="scales">Factor of each filter's output, <c>[B]</c>, Float32.</param>
    /// <param name="tapTotal">The sum of the tap counts, for the launch's cost; B J by default.</param>
    /// <returns>
    /// A new tensor, <c>[N, L - J + 1, K B]</c>, channel k B + b; the caller or its scope disposes it.
    /// </returns>
    /// <exception cref="ShapeException">A shape or type does not fit, or the filters are too long.</exception>
    public static Tensor Forward(
        Tensor noise, Tensor filters, Tensor tapCounts, Tensor scales, long? tapTotal = null)
    {
        Require.Float(noise);
        Require.Rank(noise, 3);
        Check(filters, scales);
        Require.Shape(tapCounts, [filters.Shape[0]]);
        Require.That(tapCounts.Type == ElementType.Int32, $"tapCounts must hold 32-bit integers, got {tapCounts}");
        BankPlan plan = new(noise.Shape[1], noise.Shape[2], filters.Shape[0], filters.Shape[1]);
        Require.That(plan.OutputLength > 0, $"noise of shape {noise.Shape} is shorter than the {plan.TapCount} taps");

        Tensor y = Tensor.Empty(
            [noise.Shape[0], plan.OutputLength, plan.ChannelCount * plan.FilterCount], noise.Type, noise.Device);
        if (y.ElementCount == 0) return y;
        using Tensor rows = StridedCopy.Permute(noise, 0, 2, 1);  // [N, K, L]
        int tile = noise.Device.WarpSize == 1 ? HostTile : LaunchShape.DefaultBlock;
        long blocks = (long)noise.Shape[0] * plan.ChannelCount * Quotient.Up(plan.FilterCount, Filters)
            * Quotient.Up(plan.OutputLength, tile);
        Kernel kernel = noise.Device.Load(s_source, noise.Type).Kernel("LowpassBank");
        LaunchShape shape = LaunchShape.Blocks(noise.Device, blocks) with
        {
            Cost = LaunchCost.Of(rows, filters, tapCounts, scales, y) with
            {
                Operations = 2 * y.ElementCount / plan.FilterCount * (tapTotal ?? filters.ElementCount),
            },
        };
        kernel.Launch(
            shape, rows, filters, tapCounts, scales, y,
            KernelArgument.Structure(ref plan));
        return y;
    }

    /// <summary>The adjoint of <see cref="Forward"/>.</summary>
    /// <param name="g">The upstream gradient, <c>[N, M, K B]</c>, floats.</param>
    /// <param name="filters">The bank, <c>[B, J]</c>, Float32, zero except for the effective taps.</param>
    /// <param name="scales">Factor of each filter's output, <c>[B]</c>, Float32.</param>
    /// <param name="tapTotal">As in <see cref="Forward"/>.</param>
    /// <returns>A new tensor, <c>[N, M + J - 1, K]</c>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">A shape or type does not fit.</exception>
    public static Tensor Gradient(Tensor g, Tensor filters, Tensor scales, long? tapTotal = null)
    {
        Require.Float(g);
        Require.Rank(g, 3);
        Check(filters, scales);
        (int filterCount, int tapCount) = (filters.Shape[0], filters.Shape[1]);
        Require.That(
            g.Shape[2] % filterCount == 0, $"the channels of {g.Shape} are no multiple of {filterCount} filters");
        BankPlan plan = new(g.Shape[1] + tapCount - 1, g.Shape[2] / filterCount, filterCount, tapCount);

        Tensor d = Tensor.Empty([g.Shape[0], plan.Length, plan.ChannelCount], g.Type, g.Device);
        if (d.ElementCount == 0) return d;
        using Tensor columns = StridedCopy.Permute(filters, 1, 0);  // [J, B]
        Kernel kernel = g.Device.Load(s_source, g.Type).Kernel("LowpassBankGradient");
        LaunchShape shape = LaunchShape.WarpPerRow(g.Device, d.ElementCount) with
        {
            Cost = LaunchCost.Of(g, columns, scales, d) with
            {
                Operations = 2 * g.ElementCount / filterCount * (tapTotal ?? filters.ElementCount),
            },
        };
        kernel.Launch(shape, g, columns, scales, d, d.ElementCount, KernelArgument.Structure(ref plan));
        return d;
    }

    private static void Check(Tensor filters, Tensor scales)
    {
        Require.Rank(filters, 2);
        Require.That(
            filters.Type == ElementType.Float32 && filters.ElementCount > 0,
            $"filters must be 32-bit floats, got {filters}");
        Require.Shape(scales, [filters.Shape[0]]);
        Require.That(scales.Type == ElementType.Float32, $"scales must be 32-bit floats, got {scales}");
    }
}
