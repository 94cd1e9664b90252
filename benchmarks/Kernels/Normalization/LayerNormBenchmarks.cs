using GenKernels.Kernels.Normalization;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Normalization;

/// <summary>Layer norm of the transformers of Stable Diffusion, forward, and forward and backward.</summary>
public class LayerNormBenchmarks : KernelBenchmarks
{
    private const float Epsilon = 1e-5f;

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
        [Forward([2, 1024, 640]), ForwardAndBackward([2, 1024, 640]), Forward([2, 4096, 320])];

    internal static KernelCase OfBatch => Forward([16, 4096, 320]);

    internal static KernelCase GradientsOfBatch => Gradients([16, 4096, 320]);

    private static KernelCase Forward(Shape shape) => new(
        $"LayerNorm {shape}", [shape, [shape[^1]], [shape[^1]]], shape,
        inputs => LayerNorm.Forward(inputs[0], inputs[1], inputs[2], Epsilon),
        (inputs, index) =>
        {
            int c = (int)(index % shape[^1]);
            double[] row = Row(inputs[0], index, shape[^1]);
            return (Normalised(row)[c] * inputs[1][c]) + inputs[2][c];
        });

    private static KernelCase ForwardAndBackward(Shape shape) => Gradients(shape) with
    {
        Name = $"LayerNorm, forward and backward {shape}",
        Launch = inputs =>
        {
            using Tensor y = LayerNorm.Forward(inputs[0], inputs[1], inputs[2], Epsilon);
            return Backward(inputs);
        },
        // Reads x and dy, writes y and dx.
        Bytes = 4 * shape.ElementCount * sizeof(float),
    };

    private static KernelCase Gradients(Shape shape) => new(
        $"gradients of LayerNorm {shape}", [shape, [shape[^1]], [shape[^1]], shape], shape, Backward,
        (inputs, index) =>
        {
            double[] row = Row(inputs[0], index, shape[^1]);
            double[] h = Normalised(row);
            double[] m = [.. Row(inputs[3], index, shape[^1]).Select((g, c) => g * inputs[1][c])];
            int at = (int)(index % shape[^1]);
            double slope = h.Zip(m, (a, b) => a * b).Average();
            return Scale(row) * (m[at] - m.Average() - (h[at] * slope));
        })
    {
        Bytes = 3 * shape.ElementCount * sizeof(float),
    };

    private static Tensor Backward(Tensor[] inputs)
    {
        (Tensor dx, Tensor? dw, Tensor? db) =
            LayerNorm.Backward(inputs[0], inputs[3], inputs[1], inputs[2], Epsilon);
        dw?.Dispose();
        db?.Dispose();
        return dx;
    }

    private static double[] Row(float[] values, long index, int channels) =>
        Array.ConvertAll(values.AsSpan((int)(index / channels * channels), channels).ToArray(), value => (double)value);

    private static double Scale(double[] row)
    {
        double mean = row.Average();
        return 1 / Math.Sqrt(row.Average(value => Math.Pow(value - mean, 2)) + Epsilon);
    }

    private static double[] Normalised(double[] row)
    {
        (double mean, double scale) = (row.Average(), Scale(row));
        return Array.ConvertAll(row, value => (value - mean) * scale);
    }
}
