namespace GenKernels.Kernels.Attention;

/// <summary>What the choices of a way to compute an attention, and its gradients, have in common.</summary>
/// <param name="name">Names the work in a table.</param>
/// <param name="known">How warpgroups can compute it.</param>
/// <param name="sources">The kernels.</param>
internal abstract class AttentionTuning(string name, AttentionWays known, params KernelSource[] sources)
    : ITunedWork<AttentionKey, AttentionWay>
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public IReadOnlyList<KernelSource> Sources => sources;

    /// <inheritdoc/>
    /// <remarks>Warpgroups, where there are some: an H100 takes half the time with them.</remarks>
    public AttentionWay Rule(Device device, in AttentionKey key) => known.Rule(device, key.Channels);

    /// <inheritdoc/>
    public IEnumerable<AttentionWay> Ways(Device device, in AttentionKey key) =>
        [.. known.For(device, key.Channels), AttentionWay.Warps];

    /// <inheritdoc/>
    public IEnumerable<(KernelSource Source, ElementType Type, string Variant)> Modules(
        AttentionKey key, IReadOnlyList<AttentionWay> ways) =>
        ways.SelectMany(way => Modules(way, key.Channels)).Distinct()
            .Select(module => (module.Source, key.Type, module.Variant));

    /// <inheritdoc/>
    public abstract Action<AttentionWay> Prepare(Device device, AttentionKey key);

    /// <returns>What a way needs compiled for heads of so many channels.</returns>
    protected abstract IEnumerable<(KernelSource Source, string Variant)> Modules(AttentionWay way, int channels);
}
