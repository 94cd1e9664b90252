using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Reduction;

namespace GenKernels.Autograd;

/// <summary>Sums, means and maxima; differentiable to any order.</summary>
public sealed partial class Variable
{
    /// <summary>The sum over neighbouring axes, which remain with size 1.</summary>
    /// <param name="axis">The first axis, from 0 or, negative, from the end.</param>
    /// <param name="axisCount">The number of axes to sum over.</param>
    /// <remarks>dx = g, broadcast.</remarks>
    public Variable Sum(int axis, int axisCount = 1) =>
        FromOperation(nameof(Sum), Reduce.Forward(ReduceKind.Sum, Value, Shape.Axis(axis), axisCount), [this], (_, g) =>
            [g.Expand(Shape)]);

    /// <summary>The sum of all elements, shape <c>[]</c>.</summary>
    public Variable Sum() => Reshape([Require.Product(Value, 0, Shape.Rank)]).Sum(0).Reshape([]);

    /// <summary>The mean over neighbouring axes, which remain with size 1.</summary>
    public Variable Mean(int axis, int axisCount = 1)
    {
        int first = Shape.Axis(axis);
        return Sum(axis, axisCount).DividedBy(Shape.Product(first, first + axisCount));
    }

    /// <summary>The mean of all elements, shape <c>[]</c>.</summary>
    public Variable Mean() => Sum().DividedBy(Value.ElementCount);

    /// <summary>The sum of squares over neighbouring axes, which remain with size 1.</summary>
    /// <remarks>dx = 2 g x.</remarks>
    public Variable SumOfSquares(int axis, int axisCount = 1) => FromOperation(
        nameof(SumOfSquares), Reduce.Forward(ReduceKind.SumOfSquares, Value, Shape.Axis(axis), axisCount), [this],
        (_, g) => [this * (g * 2)]);

    /// <summary>The largest element over neighbouring axes, which remain with size 1.</summary>
    /// <remarks>dx = g where x is the largest, split evenly among ties.</remarks>
    public Variable Maximum(int axis, int axisCount = 1)
    {
        int first = Shape.Axis(axis);
        Tensor value = Reduce.Forward(ReduceKind.Maximum, Value, first, axisCount);
        return FromOperation(nameof(Maximum), value, [this], (y, g) =>
        {
            Variable isLargest = EqualTo(y);
            return [isLargest * (g / isLargest.Sum(first, axisCount))];
        });
    }

    /// <summary>The largest magnitude over neighbouring axes, which remain with size 1.</summary>
    /// <remarks>dx = g sign x where |x| is the largest, split evenly among ties.</remarks>
    public Variable MaximumMagnitude(int axis, int axisCount = 1)
    {
        int first = Shape.Axis(axis);
        Tensor value = Reduce.Forward(ReduceKind.MaximumMagnitude, Value, first, axisCount);
        return FromOperation(nameof(MaximumMagnitude), value, [this], (y, g) =>
        {
            Variable sign = new(Binary.Forward(BinaryKind.SignWhereMagnitude, Value, y.Value));
            return [sign * (g / sign.SumOfSquares(first, axisCount))];
        });
    }

    /// <summary>
    /// Sums over the axes along which <paramref name="shape"/> was broadcast to this one: the adjoint of a broadcast.
    /// </summary>
    internal Variable SumTo(Shape shape)
    {
        if (Shape == shape) return this;
        Variable sum = this;
        int missing = Shape.Rank - shape.Rank;
        int axis = Shape.Rank - 1;
        while (axis >= 0)
        {
            int end = axis + 1;
            while (axis >= 0 && (axis < missing || shape[axis - missing] == 1)) axis--;
            int first = axis + 1;
            if (first < end && sum.Shape.Product(first, end) != 1) sum = sum.Sum(first, end - first);
            axis--;
        }

        return sum.Reshape(shape);
    }

    // A scalar factor has 32 bits, too few for 64-bit numbers.
    internal Variable DividedBy(long count) =>
        Type == ElementType.Float64 ? this / Full([], count, Type, Device) : this * (float)(1.0 / count);
}
