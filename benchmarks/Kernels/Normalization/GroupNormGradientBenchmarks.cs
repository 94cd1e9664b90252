using GenKernels.Kernels.Normalization;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Normalization;

/// <summary>Group norm with SiLU, forward and backward, with the gradients of weight and bias.</summary>
public class GroupNormGradientBenchmarks : KernelBenchmarks
{
    private static readonly int[] s_statistics = [4];

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => GroupNormBenchmarks.Shapes.Select(ForwardAndBackward);

    /// <summary>The gradients alone, for arbitrary statistics.</summary>
    internal static KernelCase OfBatch
    {
        get
        {
            Shape shape = GroupNormBenchmarks.BatchShape, statistics = [shape[0], GroupNormBenchmarks.Groups, 2];
            Moments? moments = null;
            return new KernelCase(
                $"gradients of GroupNorm and SiLU {shape}", [shape, [shape[^1]], [shape[^1]], shape, statistics], shape,
                inputs => Backward(inputs, inputs[4]),
                (inputs, index) => (moments ??= new Moments(inputs, shape, Pairs(inputs[4]))).GradientAt(index))
            {
                WideInputs = s_statistics,
                Bytes = 3 * shape.ElementCount * sizeof(float),
            };
        }
    }

    private static (double Mean, double Scale)[] Pairs(float[] statistics) =>
        [.. statistics.Chunk(2).Select(pair => ((double)pair[0], (double)pair[1]))];

    private static KernelCase ForwardAndBackward(Shape shape)
    {
        Moments? moments = null;
        return new KernelCase(
            $"GroupNorm and SiLU, forward and backward {shape}", [shape, [shape[^1]], [shape[^1]], shape], shape,
            Launch,
            (inputs, index) => (moments ??= new Moments(inputs, shape, GroupNormBenchmarks.MomentsOf(inputs[0], shape)))
                .GradientAt(index))
        {
            // Reads x and dy, writes y and dx.
            Bytes = 4 * shape.ElementCount * sizeof(float),
        };
    }

    private static Tensor Launch(Tensor[] inputs)
    {
        (Tensor y, Tensor statistics) = GroupNorm.Forward(
            inputs[0], GroupNormBenchmarks.Groups, inputs[1], inputs[2], GroupNormBenchmarks.Epsilon, silu: true);
        using (y)
        using (statistics) return Backward(inputs, statistics);
    }

    private static Tensor Backward(Tensor[] inputs, Tensor statistics)
    {
        (Tensor dx, Tensor? dw, Tensor? db) =
            GroupNormGradient.Backward(inputs[0], inputs[3], statistics, inputs[1], inputs[2], silu: true);
        dw?.Dispose();
        db?.Dispose();
        return dx;
    }

    /// <summary>The formula of <c>GroupNormGradient.cu</c> in double precision.</summary>
    private sealed class Moments
    {
        private readonly float[][] _inputs;
        private readonly Shape _shape;
        private readonly (double Mean, double Scale)[] _own;
        private readonly double[] _sums;
        private readonly double[] _products;

        internal Moments(float[][] inputs, Shape shape, (double Mean, double Scale)[] own)
        {
            (_inputs, _shape, _own) = (inputs, shape, own);
            (_sums, _products) = (new double[_own.Length], new double[_own.Length]);
            for (long index = 0; index < shape.ElementCount; index++)
            {
                (double h, double upstream, long group) = At(index);
                _sums[group] += upstream;
                _products[group] += upstream * h;
            }
        }

        internal double GradientAt(long index)
        {
            (double h, double upstream, long group) = At(index);
            double count = (double)_shape.ElementCount / _own.Length;
            return _own[group].Scale * (upstream - (_sums[group] / count) - (h * _products[group] / count));
        }

        private (double H, double Upstream, long Group) At(long index)
        {
            long group = GroupNormBenchmarks.GroupOf(index, _shape);
            int c = (int)(index % _shape[^1]);
            double h = (_inputs[0][index] - _own[group].Mean) * _own[group].Scale;
            double z = (h * _inputs[1][c]) + _inputs[2][c];
            double sigma = 1 / (1 + Math.Exp(-z));
            return (h, _inputs[3][index] * sigma * (1 + (z * (1 - sigma))) * _inputs[1][c], group);
        }
    }
}
