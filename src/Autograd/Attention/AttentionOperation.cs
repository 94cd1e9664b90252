using GenKernels.Kernels.Attention;
using GenKernels.Kernels.Movement;

namespace GenKernels.Autograd;

/// <summary>Softmax attention.</summary>
public static class AttentionOperation
{
    /// <inheritdoc cref="Kernels.Attention.Attention.Forward"/>
    /// <returns>
    /// The means of the values, weighted by the softmax of the scaled products, of the shape of <paramref name="q"/>;
    /// the caller, its scope or backward disposes them.
    /// </returns>
    /// <remarks>
    /// Memory is linear in the number of tokens, forward and backward. Only for higher-order gradients is the backward
    /// composed of other operations, which materialise the logits; it is differentiable to any order.
    /// </remarks>
    public static Variable Attention(this Variable q, Variable k, Variable v, AttentionOptions options)
    {
        (Tensor value, Tensor logSumExp) =
            Kernels.Attention.Attention.Forward(q.Value, k.Value, v.Value, options);
        return Variable.FromOperation(
            nameof(Attention), value, [q, k, v],
            (y, g, needed) =>
            {
                if (GradientMode.IsEnabled) return ComposedGradient(q, k, v, g, needed, options);
                (Tensor dq, Tensor dk, Tensor dv) =
                    AttentionGradient.Forward(q.Value, k.Value, v.Value, y.Value, logSumExp, g.Value, options);
                return
                [
                    needed[0] ? new Variable(dq) : null,
                    needed[1] ? new Variable(dk) : null,
                    needed[2] ? new Variable(dv) : null,
                ];
            },
            logSumExp);
    }

    /// <summary>
    /// The same attention composed of matrix products and a softmax, with materialised logits: the reference for the
    /// fused kernels.
    /// </summary>
    /// <inheritdoc cref="Attention"/>
    public static Variable ComposedAttention(this Variable q, Variable k, Variable v, AttentionOptions options) =>
        Gather(Weights(q, k, options).BatchMatMul(Scatter(v)), q.Shape);

    /// <remarks>
    /// With P the attention weights and G the upstream gradient: dV = Pᵀ G, dP = G Vᵀ,
    /// dS = scale P (dP - row sums of dP P), elementwise, dQ = dS K, dK = dSᵀ Q.
    /// </remarks>
    private static Variable?[] ComposedGradient(
        Variable q, Variable k, Variable v, Variable g, bool[] needed, AttentionOptions options)
    {
        (Variable weights, Variable upstream) = (Weights(q, k, options), Scatter(g));
        Variable?[] gradients = new Variable?[3];
        if (needed[2]) gradients[2] = Gather(weights.BatchMatMul(upstream, transposeX: true), v.Shape);
        if (!needed[0] && !needed[1]) return gradients;
        Variable slopes = upstream.BatchMatMul(Scatter(v), transposeW: true);  // [N Heads, Lq, Lk]
        slopes = weights * (slopes - (slopes * weights).Sum(axis: 2)) * options.Scale;
        if (needed[0]) gradients[0] = Gather(slopes.BatchMatMul(Scatter(k)), q.Shape);
        if (needed[1]) gradients[1] = Gather(slopes.BatchMatMul(Scatter(q), transposeX: true), k.Shape);
        return gradients;
    }

    /// <returns>The softmax of the logits, <c>[N Heads, Lq, Lk]</c>.</returns>
    private static Variable Weights(Variable q, Variable k, AttentionOptions options)
    {
        Variable logits = Scatter(q).BatchMatMul(Scatter(k), transposeW: true) * options.Scale;
        if (options.IsCausal) logits += Mask(logits);
        Variable largest = logits.Detach().Maximum(axis: 2);
        Variable weights = (logits - largest).Exp();
        return weights / weights.Sum(axis: 2);
    }

    /// <returns>Minus infinity where a key comes after the query, else 0, <c>[1, Lq, Lk]</c>.</returns>
    /// <remarks>
    /// Each row is one line shifted right by one more place than the row above: copies of the line, contiguous in
    /// memory, are read as rows that are one element shorter. Made on the device, so that a step can be recorded.
    /// </remarks>
    private static Variable Mask(Variable logits)
    {
        (int rows, int columns) = (logits.Shape[1], logits.Shape[2]);
        using Tensor own = Tensor.Zeros([1], logits.Type, logits.Device);
        using Tensor later = StridedCopy.Pad(own, 0, 0, columns - 1, double.NegativeInfinity);
        using Tensor line = StridedCopy.Pad(later, 0, 0, rows, 0);
        using Tensor lines = StridedCopy.Expand(line, [rows, rows + columns]);
        using Tensor turned = lines.Part(0, [1, rows, rows + columns - 1]);
        return new Variable(StridedCopy.Window(turned, 2, 0, columns));
    }

    /// <returns><c>[N, L, Heads, D]</c> as <c>[N Heads, L, D]</c>.</returns>
    private static Variable Scatter(Variable x) =>
        x.Permute(0, 2, 1, 3).Reshape([x.Shape[0] * x.Shape[2], x.Shape[1], x.Shape[3]]);

    /// <returns><c>[N Heads, L, D]</c> as <c>[N, L, Heads, D]</c>.</returns>
    private static Variable Gather(Variable x, Shape shape) =>
        x.Reshape([shape[0], shape[2], shape[1], shape[3]]).Permute(0, 2, 1, 3);
}
