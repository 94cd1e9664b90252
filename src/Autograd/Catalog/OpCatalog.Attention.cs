using GenKernels.Kernels.Attention;

namespace GenKernels.Autograd;

/// <content>The family <c>Attention</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Attention()
    {
        AttentionOptions causal = AttentionOptions.For(3, isCausal: true);
        return
        [
            new("Attention", [[2, 5, 2, 3], [2, 5, 2, 3], [2, 5, 2, 3]], x =>
                x[0].Attention(x[1], x[2], AttentionOptions.For(3))),
            new("Attention across", [[1, 4, 2, 5], [1, 7, 2, 5], [1, 7, 2, 5]], x =>
                x[0].Attention(x[1], x[2], new AttentionOptions(0.7f))),
            new("Attention to one key", [[2, 3, 1, 4], [2, 1, 1, 4], [2, 1, 1, 4]], x =>
                x[0].Attention(x[1], x[2], AttentionOptions.For(4))),
            new("Attention, causal", [[1, 6, 2, 3], [1, 6, 2, 3], [1, 6, 2, 3]], x =>
                x[0].Attention(x[1], x[2], causal)),
            new("Attention, causal, more queries", [[1, 6, 1, 3], [1, 4, 1, 3], [1, 4, 1, 3]], x =>
                x[0].Attention(x[1], x[2], causal)),
            new("Attention of more than one tile", [[1, 35, 1, 17], [1, 37, 1, 17], [1, 37, 1, 17]], x =>
                x[0].Attention(x[1], x[2], AttentionOptions.For(17))),
            new("Attention, composed", [[1, 4, 2, 3], [1, 5, 2, 3], [1, 5, 2, 3]], x =>
                x[0].ComposedAttention(x[1], x[2], causal)),
            new("Attention of nothing", [[2, 0, 2, 3], [2, 5, 2, 3], [2, 5, 2, 3]], x =>
                x[0].Attention(x[1], x[2], causal)),
        ];
    }
}
