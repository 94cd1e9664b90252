namespace GenKernels.Autograd;

/// <content>The family <c>Normalization</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Normalization() =>
    [
        new("PixelNorm", [[3, 7]], x => x[0].PixelNorm(1e-3f)),
        new("PixelNorm of long rows", [[2, 65]], x => x[0].PixelNorm()),
        new("GroupNorm", [[2, 3, 5, 12], [12], [12]], x => x[0].GroupNorm(3, x[1], x[2], 1e-3f)),
        new("GroupNorm and SiLU", [[2, 7, 8], [8], [8]], x => x[0].GroupNorm(2, x[1], x[2], 1e-3f, silu: true)),
        new("GroupNorm without bias", [[2, 35, 6], [6]], x => x[0].GroupNorm(1, x[1], null, 1e-3f)),
        new("GroupNorm without weight", [[2, 9, 5], [5]], x => x[0].GroupNorm(5, null, x[1], 1e-2f, silu: true)),
        new("GroupNorm of nothing", [[0, 3, 4], [4], [4]], x => x[0].GroupNorm(2, x[1], x[2])),
        new("GroupNorm, composed", [[2, 3, 6], [6], [6]], x =>
            x[0].GroupNormComposed(3, x[1], x[2], 1e-2f, silu: true)),
        new("LayerNorm", [[3, 2, 33], [33], [33]], x => x[0].LayerNorm(x[1], x[2], 1e-3f)),
        new("LayerNorm alone", [[35, 8]], x => x[0].LayerNorm(null, null, 1e-3f)),
        new("LayerNorm without weight", [[4, 8], [8]], x => x[0].LayerNorm(null, x[1], 1e-3f)),
        new("LayerNorm of nothing", [[0, 4], [4], [4]], x => x[0].LayerNorm(x[1], x[2])),
        new("LayerNorm, composed", [[3, 2, 9], [9], [9]], x => x[0].LayerNormComposed(x[1], x[2], 1e-3f)),
        new("Softmax", [[3, 33]], x => x[0].Softmax()),
        new("Softmax of vectors", [[2, 3, 8]], x => x[0].Softmax()),
        new("LogSoftmax", [[3, 33]], x => x[0].LogSoftmax()),
        new("Softmax of nothing", [[0, 4]], x => x[0].Softmax()),
        new("MinibatchDeviation", [[4, 3, 6]], x => x[0].MinibatchDeviation(2, 3)),
        new("MinibatchDeviation, unbiased", [[6, 2, 2, 4]], x =>
            x[0].MinibatchDeviation(3, 1, epsilon: 0, isUnbiased: true)),
    ];
}
