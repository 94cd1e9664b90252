using GenKernels.Kernels.Elementwise;

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
        new("MatMul of batches, scaled", [[3, 5, 4], [1, 4, 2]], x => x[0].BatchMatMul(x[1], scale: 0.4f)),
        new("MatMul of nothing", [[0, 7], [7, 3]], x => x[0].MatMul(x[1])),
        new("Linear", [[5, 7], [3, 7]], x => x[0].Linear(x[1])),
        new("Linear with bias", [[2, 5, 8], [16, 8], [16]], x => x[0].Linear(x[1], x[2])),
        new("Linear with scaled weights", [[5, 8], [16, 8], [16]], x =>
            x[0].Linear(x[1], x[2], BiasActivationOptions.For(Activation.Softplus), scale: 0.4f)),
        new("Linear with gain and residual", [[5, 7], [3, 7], [5, 3]], x =>
            x[0].Linear(x[1], null, new(Activation.Linear, 0.7f), x[2])),
        new("Linear with all that follows", [[5, 8], [8, 8], [8], [5, 8]], x =>
            x[0].Linear(x[1], x[2], BiasActivationOptions.For(Activation.Swish, clamp: 20), x[3])),
        new("Linear with a rectifier", [[4, 7], [600, 7], [600]], x =>
            x[0].Linear(x[1], x[2], BiasActivationOptions.For(Activation.LeakyRelu)), Order: 1),
        new("Linear of nothing", [[0, 7], [3, 7], [3]], x => x[0].Linear(x[1], x[2])),
    ];
}
