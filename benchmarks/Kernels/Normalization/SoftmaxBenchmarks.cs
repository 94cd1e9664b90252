using GenKernels.Kernels.Normalization;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Normalization;

/// <summary>Softmax over the scores of attention, and its gradient.</summary>
public class SoftmaxBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Forward([8192, 1024]), Gradient([8192, 1024])];

    internal static KernelCase OfBatch => Forward([65536, 1024]);

    internal static KernelCase GradientOfBatch => Gradient([65536, 1024]);

    private static KernelCase Forward(Shape shape) => new(
        $"Softmax {shape}", [shape], shape, inputs => Softmax.Forward(inputs[0]),
        (inputs, index) =>
        {
            ReadOnlySpan<float> row = inputs[0].AsSpan((int)(index / shape[1] * shape[1]), shape[1]);
            double sum = 0;
            foreach (float value in row) sum += Math.Exp(value);
            return Math.Exp(inputs[0][index]) / sum;
        });

    private static KernelCase Gradient(Shape shape) => new(
        $"gradient of Softmax {shape}", [shape, shape], shape, inputs => Softmax.Gradient(inputs[0], inputs[1]),
        (inputs, index) =>
        {
            int first = (int)(index / shape[1] * shape[1]);
            double sum = 0;
            for (int c = first; c < first + shape[1]; c++) sum += (double)inputs[0][c] * inputs[1][c];
            return inputs[0][index] * (inputs[1][index] - sum);
        })
    {
        Scale = Math.Sqrt(shape[1]),
    };
}
