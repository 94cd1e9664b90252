namespace GenKernels.Autograd;

/// <content>The family <c>Filtering</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Filtering() =>
    [
        new("Upfirdn of rows", [[2, 5, 3]], x => x[0].Upfirdn(Taps(x[0], 4), 1, 2, 1, 2, 1, gain: 2)),
        new("Upfirdn of long rows", [[7, 83]], x => x[0].Upfirdn(Taps(x[0], 12), 0, 1, 2, 5, 5)),
        new("Upfirdn of the last axis", [[3, 9]], x => x[0].Upfirdn(Taps(x[0], 5), -1, 3, 2, 1, 4, flip: true)),
        new("Upfirdn that crops", [[2, 9, 2]], x => x[0].Upfirdn(Taps(x[0], 3), 1, 2, 3, -2, -3)),
        new("Upsample", [[2, 3, 4, 2]], x => x[0].Upsample(1, Taps(x[0], 4)).Upsample(2, Taps(x[0], 4))),
        new("Downsample", [[2, 6, 4, 2]], x =>
            x[0].Downsample(1, Taps(x[0], 12), padding: -1).Downsample(2, Taps(x[0], 4))),
        new("Filter", [[2, 6, 3]], x => x[0].Filter(1, Taps(x[0], 5), padding: 1)),
    ];

    /// <summary>Taps without any symmetry.</summary>
    private static Tensor Taps(Variable x, int count) =>
        Floats(x, [.. Enumerable.Range(0, count).Select(k => (float)Math.Cos((k * k) + 1) / count)]);
}
