using GenKernels.Kernels.Random;

namespace GenKernels.Kernels.Attention;

/// <summary>The one place that decides how tensor cores compute attention.</summary>
internal sealed class AttentionChoice() : AttentionTuning(
    nameof(Attention), AttentionWarpgroup.Known, AttentionTensor.SourceFile, AttentionWarpgroup.SourceFile)
{
    /// <inheritdoc/>
    public override Action<AttentionTiling> Prepare(Device device, AttentionKey key)
    {
        using RandomGenerator random = new(device, seed: 1);
        Tensor q = random.Normal(key.QueryShape, key.Type);
        Tensor k = random.Normal(key.KeyShape, key.Type);
        Tensor v = random.Normal(key.KeyShape, key.Type);
        AttentionPlan plan = new(q, k, v, key.Options);
        Tensor y = Tensor.Empty(q.Shape, q.Type, device);
        Tensor logSumExp = Tensor.Empty(plan.RowShape, ElementType.Float32, device);
        return tiling => Attention.Launch(tiling, q, k, v, y, logSumExp, plan);
    }

    /// <inheritdoc/>
    protected override IEnumerable<(KernelSource Source, string Variant)> Modules(
        AttentionTiling tiling, int channels) =>
        tiling == AttentionTiling.Warps
            ? [(AttentionTensor.SourceFile, AttentionTensor.Variant(channels))]
            : [(AttentionWarpgroup.SourceFile, AttentionWarpgroup.Known.Variant(tiling, channels))];
}
