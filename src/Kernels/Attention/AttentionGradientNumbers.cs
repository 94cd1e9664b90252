namespace GenKernels.Kernels.Attention;

/// <summary>Launches <c>AttentionGradientNumbers.cu</c>.</summary>
internal static class AttentionGradientNumbers
{
    // As in the kernels.
    private const int QueryLanes = 8;
    private const int NumberRound = 64;

    private static readonly KernelSource s_source =
        Source("Attention/AttentionGradientNumbers.cu", AttentionTensor.Types);

    /// <returns>For how many queries of a head there is room: whole tiles of them.</returns>
    internal static int NumberCount(int queries) => Quotient.Up(queries, NumberRound) * NumberRound;

    /// <param name="y">An attention's result, <c>[N, L, Heads, D]</c>, of 16-bit floats.</param>
    /// <param name="dy">The gradient that arrives at it.</param>
    /// <param name="logSumExp">Its rows' logs of sums, <c>[N, Heads, L]</c>.</param>
    /// <param name="plan">Its sizes.</param>
    /// <returns>
    /// For every query of a head that log to the base 2, and the product of result and gradient summed over channels,
    /// <c>[N, Heads, L', 2]</c>: zeros beyond the last query. The caller or its scope disposes it.
    /// </returns>
    internal static Tensor Forward(Tensor y, Tensor dy, Tensor logSumExp, AttentionPlan plan)
    {
        int count = NumberCount(plan.Queries);
        Tensor numbers = Tensor.Empty([y.Shape[0], y.Shape[2], count, 2], ElementType.Float32, y.Device);
        long threads = plan.Pairs * count * QueryLanes;
        LaunchShape shape = LaunchShape.Blocks(
            y.Device, Quotient.Up(threads, LaunchShape.DefaultBlock));
        y.Device.Load(s_source, y.Type).Kernel("AttentionGradientNumbers").Launch(
            shape with { Cost = LaunchCost.Of(y, dy, logSumExp, numbers) }, y, dy, logSumExp, numbers,
            KernelArgument.Structure(ref plan));
        return numbers;
    }
}
