namespace GenKernels.Kernels.Attention;

/// <summary>The common part of the choices of a tiling, for attention and for its gradients.</summary>
/// <param name="name">The name of the work in a tuner's tables.</param>
/// <param name="known">The tilings of warpgroups.</param>
/// <param name="sources">The kernels' sources.</param>
internal abstract class AttentionTuning(string name, AttentionTilings known, params KernelSource[] sources)
    : ITunedWork<AttentionKey, AttentionTiling>
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public IReadOnlyList<KernelSource> Sources => sources;

    /// <inheritdoc/>
    /// <remarks>Warpgroups where the device and the head allow them: they halve the time on an H100.</remarks>
    public AttentionTiling Rule(Device device, in AttentionKey key) => known.Rule(device, key.Channels);

    /// <inheritdoc/>
    public IEnumerable<AttentionTiling> Algorithms(Device device, in AttentionKey key) =>
        [.. known.For(device, key.Channels), AttentionTiling.Warps];

    /// <inheritdoc/>
    public IEnumerable<(KernelSource Source, ElementType Type, string Variant)> Modules(
        AttentionKey key, IReadOnlyList<AttentionTiling> tilings) =>
        tilings.SelectMany(tiling => Modules(tiling, key.Channels)).Distinct()
            .Select(module => (module.Source, key.Type, module.Variant));

    /// <inheritdoc/>
    public abstract Action<AttentionTiling> Prepare(Device device, AttentionKey key);

    /// <returns>The modules that a tiling needs for heads with the given channels.</returns>
    protected abstract IEnumerable<(KernelSource Source, string Variant)> Modules(
        AttentionTiling tiling, int channels);
}
