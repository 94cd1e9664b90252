namespace GenKernels.Kernels.Attention;

/// <summary>Launches <c>AttentionGradientPreprocess.cu</c>: what the gradients on tensor cores need of every
/// query.</summary>
internal static class AttentionGradientPreprocess
{
    // As in the kernels.
    private const int QueryLanes = 8;
    private const int QueryPadding = 64;

    private static readonly KernelSource s_source =
        Source("Attention/AttentionGradientPreprocess.cu", AttentionTensor.Types);

    /// <returns>The queries of a head that the result has room for: whole tiles of them.</returns>
    internal static int PaddedQueryCount(int queries) => Quotient.Up(queries, QueryPadding) * QueryPadding;

    /// <param name="y">An attention's result, <c>[N, L, Heads, D]</c>, of 16-bit floats.</param>
    /// <param name="dy">The upstream gradient, of the shape of <paramref name="y"/>.</param>
    /// <param name="logSumExp">The log-sum-exp of the attention's rows of logits, <c>[N, Heads, L]</c>.</param>
    /// <param name="plan">The attention's sizes.</param>
    /// <returns>
    /// For every query of a head its log-sum-exp in base 2, and the dot product of its result and upstream gradient,
    /// <c>[N, Heads, L', 2]</c>, zeros beyond the last query. The caller or its scope disposes it.
    /// </returns>
    internal static Tensor Forward(Tensor y, Tensor dy, Tensor logSumExp, AttentionPlan plan)
    {
        int count = PaddedQueryCount(plan.Queries);
        Tensor statistics = Tensor.Empty([y.Shape[0], y.Shape[2], count, 2], ElementType.Float32, y.Device);
        long threads = plan.Pairs * count * QueryLanes;
        LaunchShape shape = LaunchShape.Blocks(
            y.Device, Quotient.Up(threads, LaunchShape.DefaultBlock));
        y.Device.Load(s_source, y.Type).Kernel("AttentionGradientPreprocess").Launch(
            shape with { Cost = LaunchCost.Of(y, dy, logSumExp, statistics) }, y, dy, logSumExp, statistics,
            KernelArgument.Structure(ref plan));
        return statistics;
    }
}
