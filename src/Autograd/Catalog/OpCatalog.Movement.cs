using GenKernels.Kernels.Movement;

namespace GenKernels.Autograd;

/// <content>The family <c>Movement</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Movement() =>
    [
        new("Reshape", [[3, 4]], x => x[0].Reshape([2, 6])),
        new("Permute", [[2, 3, 4]], x => x[0].Permute(2, 0, 1)),
        new("Permute of six axes", [[2, 1, 3, 2, 2, 3]], x => x[0].Permute(5, 3, 1, 0, 4, 2)),
        new("Expand", [[3, 1, 4]], x => x[0].Expand([2, 3, 5, 4])),
        new("Window inside", [[4, 9]], x => x[0].Window(1, 2, 5)),
        new("Window that pads", [[4, 9, 2]], x => x[0].Window(1, -2, 14)),
        new("Window of nothing", [[4, 9]], x => x[0].Window(0, 1, 0)),
        new("Pad with zeros", [[4, 3]], x => x[0].Pad(0, 2, 1)),
        new("Pad with copies", [[4, 3, 2]], x => x[0].Pad(1, 2, 3, Border.Replicate)),
        new("Pad with a reflection", [[4, 3, 2]], x => x[0].Pad(0, 3, 2, Border.Reflect).Pad(1, 0, 2, Border.Reflect)),
        new("Pad with copies, cut", [[4, 6, 2]], x =>
            x[0].Pad(1, -2, 3, Border.Replicate).Pad(0, 2, -1, Border.Replicate)),
        new("Pad with a reflection, cut", [[4, 6, 2]], x =>
            x[0].Pad(1, -2, 4, Border.Reflect).Pad(0, 3, -2, Border.Reflect)),
        new("Pad with a constant", [[4, 3, 2]], x => x[0].PadWith(1.5, 1, 2, 1).PadWith(-0.25, 0, -1, 2)),
        new("Flip", [[4, 3]], x => x[0].Flip(0)),
        new("Concatenate", [[4, 3], [4, 5]], x => Variable.Concatenate(x, 1)),
        new("Concatenate of rows", [[2, 3], [1, 3], [4, 3]], x => Variable.Concatenate(x, 0)),
        new("Embedding", [[7, 5]], x => Embedded(x[0], 6, 0, 3, 3, 6, 3)),
        new("Embedding of nothing", [[7, 5]], x => Embedded(x[0])),
    ];

    private static Variable Embedded(Variable table, params int[] ids) =>
        table.Embedding(Tensor.From(ids, [ids.Length], table.Device));
}
