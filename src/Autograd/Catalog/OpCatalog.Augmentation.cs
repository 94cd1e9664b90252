using GenKernels.Kernels.Augmentation;

namespace GenKernels.Autograd;

/// <content>The family <c>Augmentation</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Augmentation() =>
    [
        new("TemporalStretch", [[3, 8, 2, 3]], x => x[0].TemporalStretch(
            Floats(x[0], 0.6f, 1, 1.7f), Integers(x[0], 2, 0, 0), Integers(x[0], 0, 0, 3))),
        new("TemporalStretch of long rows to other lengths", [[2, 7, 300]], x => x[0].TemporalStretch(
            Floats(x[0], 0.5f, 2), Integers(x[0], 1, 0), Integers(x[0], 0, 1), frameCount: 5)),
        new("TemporalStretch that crops", [[2, 9, 4]], x => x[0].TemporalStretch(
            Floats(x[0], 1, 1), Integers(x[0], 0, 0), Integers(x[0], 3, 0), frameCount: 6)),
        new("DiffAugColor", [[2, 3, 2, 4, 3]], x => x[0].DiffAugColor(
            Floats(x[0], 0.1f, 0.9f), Floats(x[0], 0.3f, 0.8f), Floats(x[0], 0.7f, 0))),
        new("DiffAugColor of four channels", [[2, 1, 2, 5, 4]], x => x[0].DiffAugColor(
            Floats(x[0], 0.1f, 0.9f), Floats(x[0], 0.3f, 0.8f), Floats(x[0], 0.7f, 0))),
        new("DiffAugShift", [[3, 2, 5, 6, 2]], x => x[0].DiffAugShift(
            Integers(x[0], 1, -2, 0), Integers(x[0], -1, 2, 7), Integers(x[0], 0, 3, 4), Integers(x[0], 5, 0, 2))),
        new("DiffAugShift that only moves", [[2, 1, 4, 6, 3]], x => x[0].DiffAugShift(
            Integers(x[0], 1, -2), Integers(x[0], -1, 2), null, null)),
        new("DiffAugShift that only cuts", [[2, 1, 4, 6, 3]], x => x[0].DiffAugShift(
            null, null, Integers(x[0], 0, 4), Integers(x[0], 6, 2))),
        new("DiffAug", [[2, 2, 5, 6, 3]], x => x[0].DiffAug(new DiffAugDraws(
            Floats(x[0], 0.1f, 0.9f), Floats(x[0], 0.3f, 0.8f), Floats(x[0], 0.7f, 0), Integers(x[0], 1, -2),
            Integers(x[0], -1, 2), Integers(x[0], 0, 3), Integers(x[0], 5, 0)))),
        new("ColorTransform", [[2, 3, 4, 3], [2, 3, 4]], x => x[0].ColorTransform(
            x[1].Cast(ColorTransform.MatrixType(x[0].Type)))),
        new("ColorTransform by 4x4 matrices", [[3, 2, 3, 2, 3], [3, 4, 4]], x => x[0].ColorTransform(
            x[1].Cast(ColorTransform.MatrixType(x[0].Type)))),
        new("WarpClips", [[2, 2, 6, 5, 2]], x => x[0].WarpClips(
            [new(0.9, 0.3, 1.5, -0.2, 1.1, -0.7), PlaneMap.Turn(0.4) * PlaneMap.Move(-4, 1)], Taps(x[0], 12))),
    ];

    private static Tensor Floats(Variable x, params float[] values) => Tensor.From(values, [values.Length], x.Device);

    private static Tensor Integers(Variable x, params int[] values) => Tensor.From(values, [values.Length], x.Device);
}
