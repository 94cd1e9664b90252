using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Movement;

namespace GenKernels.Autograd;

/// <summary>Views and copies; differentiable to any order, as their gradients are views, copies and sums.</summary>
public sealed partial class Variable
{
    /// <summary>The same elements under another shape, without a copy.</summary>
    public Variable Reshape(Shape shape) =>
        Shape == shape ? this : FromOperation(nameof(Reshape), Value.View(shape), [this], (_, g) => [g.Reshape(Shape)]);

    /// <summary>Permutes the axes: axis i of the result is axis <c>axes[i]</c> of this.</summary>
    public Variable Permute(params int[] axes) =>
        FromOperation(nameof(Permute), StridedCopy.Permute(Value, axes), [this], (_, g) =>
        {
            int[] inverse = new int[axes.Length];
            for (int axis = 0; axis < axes.Length; axis++) inverse[axes[axis]] = axis;
            return [g.Permute(inverse)];
        });

    /// <summary>Broadcasts axes of size 1, and missing outer axes, to a shape.</summary>
    public Variable Expand(Shape shape)
    {
        if (Shape == shape) return this;
        return FromOperation(nameof(Expand), StridedCopy.Expand(Value, shape), [this], (_, g) => [g.SumTo(Shape)]);
    }

    /// <summary>
    /// Elements <paramref name="start"/> up to but not including <paramref name="start"/> + <paramref name="size"/> of
    /// an axis, with zeros beyond its ends.
    /// </summary>
    /// <param name="axis">From 0 or, negative, from the end.</param>
    /// <param name="start">May be negative, to pad before.</param>
    /// <param name="size">May reach beyond the end, to pad after.</param>
    public Variable Window(int axis, int start, int size)
    {
        int at = Shape.Axis(axis);
        if (start == 0 && size == Shape[at]) return this;
        return FromOperation(nameof(Window), StridedCopy.Window(Value, at, start, size), [this], (_, g) =>
            [g.Window(at, -start, Shape[at])]);
    }

    /// <summary>
    /// Pads an axis on both sides with zeros, with its outermost elements or with its reflection; or crops it.
    /// </summary>
    /// <param name="axis">From 0 or, negative, from the end.</param>
    /// <param name="before">Elements added before; negative to crop.</param>
    /// <param name="after">Elements added after; negative to crop.</param>
    /// <param name="border">What the added elements are; taken from the axis before any crop.</param>
    /// <exception cref="ShapeException">The axis is too short for its reflection or for the crop.</exception>
    public Variable Pad(int axis, int before, int after, Border border = Border.Zero)
    {
        int at = Shape.Axis(axis);
        int size = Shape[at];
        if (border == Border.Zero) return Window(at, -before, before + size + after);
        Tensor value = StridedCopy.Window(Value, at, -before, before + size + after, 1, border);
        return FromOperation($"{border}Pad", value, [this], (_, g) =>
        {
            Variable middle = g.Window(at, before, size);
            Variable head = g.Window(at, 0, Math.Max(0, before));
            Variable tail = g.Window(at, before + size, Math.Max(0, after));
            return border == Border.Replicate
                ? [middle + head.Sum(at).Window(at, 0, size) + tail.Sum(at).Window(at, 1 - size, size)]
                : [middle + head.Flip(at).Window(at, -1, size) + tail.Flip(at).Window(at, after + 1 - size, size)];
        });
    }

    /// <summary>Pads an axis on both sides with a constant, or crops it where a count is negative.</summary>
    /// <inheritdoc cref="StridedCopy.Pad"/>
    public Variable PadWith(double value, int axis, int before, int after)
    {
        int at = Shape.Axis(axis);
        Tensor padded = StridedCopy.Pad(Value, at, before, after, value);
        return FromOperation(nameof(PadWith), padded, [this], (_, g) => [g.Window(at, before, Shape[at])]);
    }

    /// <summary>Reverses an axis.</summary>
    public Variable Flip(int axis)
    {
        int at = Shape.Axis(axis);
        Tensor value = StridedCopy.Window(Value, at, Shape[at] - 1, Shape[at], step: -1);
        return FromOperation(nameof(Flip), value, [this], (_, g) => [g.Flip(at)]);
    }

    /// <summary>Concatenates variables whose shapes differ along one axis only.</summary>
    public static Variable Concatenate(IReadOnlyList<Variable> parts, int axis)
    {
        int at = parts[0].Shape.Axis(axis);
        Variable[] inputs = [.. parts];
        Tensor value = StridedCopy.Concatenate(Array.ConvertAll(inputs, part => part.Value), at);
        return FromOperation(nameof(Concatenate), value, inputs, (_, g, needed) =>
        {
            Variable?[] gradients = new Variable?[inputs.Length];
            for (int index = 0, start = 0; index < inputs.Length; start += inputs[index].Shape[at], index++)
            {
                if (needed[index]) gradients[index] = g.Window(at, start, inputs[index].Shape[at]);
            }

            return gradients;
        });
    }

    /// <returns>A new leaf of one value; the caller or its scope disposes it.</returns>
    /// <remarks>
    /// It can be part of a recorded step where the value, rounded to the type, is exact in a 32-bit float.
    /// </remarks>
    public static Variable Full(Shape shape, double value, ElementType type, Device device)
    {
        double rounded = type switch
        {
            ElementType.Float64 => value,
            ElementType.Float32 => (float)value,
            ElementType.Float16 => (double)(Half)value,
            ElementType.BFloat16 => (float)(BFloat16)(float)value,
            _ => throw new ArgumentException($"{type} is no float type"),
        };

        // A value passed as a kernel argument needs no copy from the host, which would synchronise with a GPU.
        bool isSingle = type != ElementType.Float64 || rounded == (float)rounded;
        using Tensor one = isSingle ? Tensor.Zeros([], type, device) : Tensor.From([rounded], [], device);
        if (isSingle) Unary.Into(UnaryKind.Affine, one, one, 1, (float)rounded);
        return new Variable(StridedCopy.Expand(one, shape));
    }
}
