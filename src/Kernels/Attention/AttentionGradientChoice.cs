using GenKernels.Kernels.Random;

namespace GenKernels.Kernels.Attention;

/// <summary>The one place that decides how tensor cores compute the gradients of an attention.</summary>
internal sealed class AttentionGradientChoice() : AttentionTuning(
    nameof(AttentionGradient), AttentionTensorGradient.SourceFile, AttentionWarpgroupGradient.SourceFile,
    AttentionWarpgroupGradient.Known)
{
    /// <inheritdoc/>
    public override Action<AttentionWay> Prepare(Device device, AttentionKey key)
    {
        using RandomGenerator random = new(device, seed: 1);
        Tensor q = random.Normal(key.QueryShape, key.Type);
        Tensor k = random.Normal(key.KeyShape, key.Type);
        Tensor v = random.Normal(key.KeyShape, key.Type);
        Tensor dy = random.Normal(key.QueryShape, key.Type);
        (Tensor y, Tensor logSumExp) = Attention.Forward(q, k, v, key.Options);
        AttentionPlan plan = new(q, k, v, key.Options);
        Tensor delta = AttentionGradient.Delta(y, dy, logSumExp, plan);
        Tensor dq = Tensor.Empty(q.Shape, q.Type, device);
        Tensor dk = Tensor.Empty(k.Shape, k.Type, device);
        Tensor dv = Tensor.Empty(v.Shape, v.Type, device);
        return way => AttentionGradient.Launch(way, q, k, v, dy, logSumExp, delta, dq, dk, dv, plan);
    }
}
