namespace GenKernels.Kernels.Attention;

/// <summary>The scale and the mask of an attention's logits.</summary>
/// <param name="Scale">Multiplies the products of queries and keys; positive and finite.</param>
/// <param name="IsCausal">
/// Whether query i sees keys 0 to i only, even if there are more keys than queries: the mask is aligned to the top left
/// of the matrix.
/// </param>
public readonly record struct AttentionOptions(float Scale, bool IsCausal = false)
{
    /// <returns>The usual scale, one over the root of the channels of a head.</returns>
    /// <param name="channels">Of a head, at least 1.</param>
    /// <param name="isCausal">See <see cref="IsCausal"/>.</param>
    public static AttentionOptions For(int channels, bool isCausal = false) =>
        new((float)(1 / Math.Sqrt(channels)), isCausal);
}
