namespace GenKernels.Autograd;

/// <content>The family <c>Normalization</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Normalization() =>
    [
        new("PixelNorm", [[3, 7]], x => x[0].PixelNorm(1e-3f)),
        new("PixelNorm of long rows", [[2, 65]], x => x[0].PixelNorm()),
    ];
}
