namespace GenKernels.Kernels.Attention;

/// <summary>What the choices of a way to compute an attention, and its gradients, have in common.</summary>
/// <param name="name">Names the work in a table.</param>
/// <param name="byWarps">The kernels for warps by themselves.</param>
/// <param name="byWarpgroups">Those for warpgroups.</param>
/// <param name="known">How warpgroups can compute it.</param>
internal abstract class AttentionTuning(
    string name, KernelSource byWarps, KernelSource byWarpgroups, AttentionWays known)
    : ITunedWork<AttentionKey, AttentionWay>
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public IReadOnlyList<KernelSource> Sources { get; } = [byWarps, byWarpgroups];

    /// <inheritdoc/>
    /// <remarks>Warpgroups, where there are some: an H100 takes half the time with them.</remarks>
    public AttentionWay Rule(Device device, in AttentionKey key) => known.Rule(device, key.Channels);

    /// <inheritdoc/>
    public IReadOnlyList<AttentionWay> Ways(Device device, in AttentionKey key) =>
        [.. known.For(device, key.Channels), AttentionWay.Warps];

    /// <inheritdoc/>
    public IEnumerable<(KernelSource Source, ElementType Type, string Variant)> Modules(
        AttentionKey key, IReadOnlyList<AttentionWay> ways) =>
        ways.Select(way => way == AttentionWay.Warps
            ? (byWarps, key.Type, AttentionTensor.Variant(key.Channels))
            : (byWarpgroups, key.Type, known.Variant(way, key.Channels)));

    /// <inheritdoc/>
    public abstract Action<AttentionWay> Prepare(Device device, AttentionKey key);
}
