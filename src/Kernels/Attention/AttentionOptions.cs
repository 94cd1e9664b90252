namespace GenKernels.Kernels.Attention;

/// <summary>How logits are made of products.</summary>
/// <param name="Scale">What products of queries and keys are multiplied by; positive and finite.</param>
/// <param name="IsCausal">Whether query i sees keys 0 to i alone, also where there are more keys than queries.</param>
public readonly record struct AttentionOptions(float Scale, bool IsCausal = false)
{
    /// <returns>The usual scale, one over the root of the channels of a head.</returns>
    /// <param name="channels">Of a head, at least 1.</param>
    /// <param name="isCausal">See <see cref="IsCausal"/>.</param>
    public static AttentionOptions For(int channels, bool isCausal = false) =>
        new((float)(1 / Math.Sqrt(channels)), isCausal);
}
