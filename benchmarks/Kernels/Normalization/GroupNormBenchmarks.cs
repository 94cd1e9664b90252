using GenKernels.Kernels.Normalization;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Normalization;

/// <summary>Group norm with SiLU, as in the residual blocks of Stable Diffusion and its autoencoder.</summary>
public class GroupNormBenchmarks : KernelBenchmarks
{
    internal const int Groups = 32;
    internal const float Epsilon = 1e-5f;

    /// <summary>Shapes of the U-Net, then of the autoencoder.</summary>
    internal static readonly Shape[] Shapes = [[2, 64, 64, 320], [2, 32, 32, 640], [1, 64, 64, 512]];

    /// <summary>The first of those shapes, with a training batch.</summary>
    internal static readonly Shape BatchShape = [16, 64, 64, 320];

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        .. Shapes.Select(shape => Forward(shape, ElementType.Float32)), Forward(Shapes[0], ElementType.BFloat16),
    ];

    internal static KernelCase OfBatch => Forward(BatchShape, ElementType.Float32);

    internal static double Silu(double z) => z / (1 + Math.Exp(-z));

    internal static KernelCase Forward(Shape shape, ElementType type)
    {
        (double Mean, double Scale)[]? moments = null;
        return new KernelCase(
            $"GroupNorm and SiLU {shape}", [shape, [shape[^1]], [shape[^1]]], shape, Launch,
            (inputs, index) =>
            {
                moments ??= MomentsOf(inputs[0], shape);
                (double mean, double scale) = moments[GroupOf(index, shape)];
                int c = (int)(index % shape[^1]);
                return Silu(((inputs[0][index] - mean) * scale * inputs[1][c]) + inputs[2][c]);
            })
        {
            Type = type,
        };
    }

    internal static long GroupOf(long index, Shape shape)
    {
        long sample = index / shape.Product(1, shape.Rank);
        return (sample * Groups) + (index % shape[^1] / (shape[^1] / Groups));
    }

    /// <returns>Mean and 1 / √(variance + ε) of every sample and group.</returns>
    internal static (double Mean, double Scale)[] MomentsOf(float[] x, Shape shape)
    {
        double[] sums = new double[shape[0] * Groups];
        double[] squares = new double[sums.Length];
        for (long index = 0; index < x.LongLength; index++)
        {
            long group = GroupOf(index, shape);
            sums[group] += x[index];
            squares[group] += (double)x[index] * x[index];
        }

        double count = (double)shape.ElementCount / sums.Length;
        return [.. sums.Zip(squares, (sum, square) =>
        {
            double mean = sum / count;
            return (mean, 1 / Math.Sqrt((square / count) - (mean * mean) + Epsilon));
        })];
    }

    private static Tensor Launch(Tensor[] inputs)
    {
        (Tensor y, Tensor statistics) = GroupNorm.Forward(inputs[0], Groups, inputs[1], inputs[2], Epsilon, silu: true);
        statistics.Dispose();
        return y;
    }
}
