using GenKernels.Kernels.Random;

namespace GenKernels.Kernels.Attention;

/// <summary>The one place that decides how tensor cores compute the gradients of attention.</summary>
internal sealed class AttentionGradientChoice() : AttentionTuning(
    nameof(AttentionGradient), AttentionWarpgroupGradientQuery.Known, AttentionTensorGradient.SourceFile,
    AttentionWarpgroupGradientQuery.SourceFile, AttentionWarpgroupGradientKeyValue.SourceFile)
{
    /// <inheritdoc/>
    public override Action<AttentionTiling> Prepare(Device device, AttentionKey key)
    {
        using RandomGenerator random = new(device, seed: 1);
        Tensor q = random.Normal(key.QueryShape, key.Type);
        Tensor k = random.Normal(key.KeyShape, key.Type);
        Tensor v = random.Normal(key.KeyShape, key.Type);
        Tensor dy = random.Normal(key.QueryShape, key.Type);
        (Tensor y, Tensor logSumExp) = Attention.Forward(q, k, v, key.Options);
        AttentionPlan plan = new(q, k, v, key.Options);
        Tensor statistics = AttentionGradientPreprocess.Forward(y, dy, logSumExp, plan);
        Tensor dq = Tensor.Empty(q.Shape, q.Type, device);
        Tensor dk = Tensor.Empty(k.Shape, k.Type, device);
        Tensor dv = Tensor.Empty(v.Shape, v.Type, device);
        return tiling => AttentionGradient.Launch(tiling, q, k, v, dy, statistics, dq, dk, dv, plan);
    }

    /// <inheritdoc/>
    protected override IEnumerable<(KernelSource Source, string Variant)> Modules(
        AttentionTiling tiling, int channels) =>
        tiling == AttentionTiling.Warps
            ? [(AttentionTensorGradient.SourceFile, AttentionTensor.Variant(channels))]
            :
            [
                (AttentionWarpgroupGradientQuery.SourceFile,
                    AttentionWarpgroupGradientQuery.Known.Variant(tiling, channels)),
                (AttentionWarpgroupGradientKeyValue.SourceFile, AttentionWarpgroupGradientKeyValue.Variant(channels)),
            ];
}
