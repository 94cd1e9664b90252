namespace GenKernels.Kernels.Attention;

/// <summary>The tuner's key of an attention on tensor cores: all that its time depends on.</summary>
/// <param name="Type">Of the elements.</param>
/// <param name="Clips">Sequences.</param>
/// <param name="Queries">Of a sequence.</param>
/// <param name="Keys">Of a sequence.</param>
/// <param name="Heads">Of a token.</param>
/// <param name="Channels">Of a head.</param>
/// <param name="IsCausal">Whether a query sees only the keys up to its own position.</param>
internal readonly record struct AttentionKey(
    ElementType Type, int Clips, int Queries, int Keys, int Heads, int Channels, bool IsCausal)
{
    internal Shape QueryShape => [Clips, Queries, Heads, Channels];

    internal Shape KeyShape => [Clips, Keys, Heads, Channels];

    /// <summary>With the usual scale: the time does not depend on it.</summary>
    internal AttentionOptions Options => AttentionOptions.For(Channels, IsCausal);

    /// <returns>The key of an attention's arguments.</returns>
    internal static AttentionKey Of(Tensor q, Tensor k, AttentionOptions options) =>
        new(q.Type, q.Shape[0], q.Shape[1], k.Shape[1], q.Shape[2], q.Shape[3], options.IsCausal);

    /// <summary>The name of the work in a tuner's tables.</summary>
    public override string ToString() =>
        $"{Type}, {Clips} x {Queries} to {Keys}, {Heads} heads of {Channels}{(IsCausal ? ", causal" : "")}";
}
