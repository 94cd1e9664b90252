using GenKernels.Kernels.Random;

namespace GenKernels.Kernels.Attention;

/// <summary>The one place that decides how tensor cores compute an attention.</summary>
internal sealed class AttentionChoice : ITunedWork<AttentionKey, AttentionWay>
{
    /// <inheritdoc/>
    public string Name => nameof(Attention);

    /// <inheritdoc/>
    public IReadOnlyList<KernelSource> Sources => [AttentionTensor.SourceFile, AttentionWarpgroup.SourceFile];

    /// <inheritdoc/>
    public AttentionWay Rule(Device device, in AttentionKey key) => AttentionWay.Warps;

    /// <inheritdoc/>
    public IReadOnlyList<AttentionWay> Ways(Device device, in AttentionKey key) =>
        [AttentionWay.Warps, .. AttentionWarpgroup.Ways(device, key.Channels)];

    /// <inheritdoc/>
    public IEnumerable<(KernelSource Source, ElementType Type, string Variant)> Modules(
        AttentionKey key, IReadOnlyList<AttentionWay> ways) =>
        ways.Select(way => way == AttentionWay.Warps
            ? (AttentionTensor.SourceFile, key.Type, AttentionTensor.Variant(key.Channels))
            : (AttentionWarpgroup.SourceFile, key.Type, AttentionWarpgroup.Variant(way, key.Channels)));

    /// <inheritdoc/>
    public Action<AttentionWay> Prepare(Device device, AttentionKey key)
    {
        using RandomGenerator random = new(device, seed: 1);
        Tensor q = random.Normal(key.QueryShape, key.Type);
        Tensor k = random.Normal(key.KeyShape, key.Type);
        Tensor v = random.Normal(key.KeyShape, key.Type);
        AttentionPlan plan = new(q, k, v, key.Options);
        Tensor y = Tensor.Empty(q.Shape, q.Type, device);
        Tensor logSumExp = Tensor.Empty(plan.RowShape, ElementType.Float32, device);
        return way => Attention.Launch(way, q, k, v, y, logSumExp, plan);
    }
}
