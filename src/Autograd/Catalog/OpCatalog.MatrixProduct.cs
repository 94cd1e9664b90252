namespace GenKernels.Autograd;

/// <content>The family <c>MatrixProduct</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] MatrixProduct() =>
    [
        new("MatMul", [[5, 7], [7, 3]], x => x[0].MatMul(x[1])),
        new("MatMul of more than one tile", [[65, 17], [17, 66]], x => x[0].MatMul(x[1])),
        new("MatMul, left transposed", [[7, 5], [7, 3]], x => x[0].MatMul(x[1], transposeX: true)),
        new("MatMul, right transposed", [[5, 7], [3, 7]], x => x[0].MatMul(x[1], transposeW: true)),
        new("MatMul, both transposed", [[7, 5], [3, 7]], x => x[0].MatMul(x[1], true, true)),
        new("MatMul of batches", [[3, 5, 4], [3, 4, 2]], x => x[0].BatchMatMul(x[1])),
        new("MatMul of batches with one weight", [[3, 5, 4], [1, 2, 4]], x => x[0].BatchMatMul(x[1], transposeW: true)),
        new("MatMul of batches, left transposed", [[3, 4, 5], [1, 4, 2]], x =>
            x[0].BatchMatMul(x[1], transposeX: true)),
        new("MatMul of nothing", [[0, 7], [7, 3]], x => x[0].MatMul(x[1])),
    ];
}
