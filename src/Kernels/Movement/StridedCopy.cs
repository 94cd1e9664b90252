using GenKernels.Kernels.Common;
using GenKernels.Kernels.Convolution;

namespace GenKernels.Kernels.Movement;

/// <summary>
/// Launches <c>StridedCopy.cu</c>: permute, slice, flip, pad, expand and concatenate are all copies between strided
/// views.
/// </summary>
public static class StridedCopy
{
    private static readonly string[] s_variants = ["Outside=Fill", "Outside=Replicate", "Outside=Reflect"];

    private static readonly KernelSource s_source = Source("Movement/StridedCopy.cu", Types, s_variants);

    /// <summary>The types of elements that are copied.</summary>
    internal static ElementType[] Types => [.. AllFloats, ElementType.Int32, ElementType.Int64, ElementType.UInt8];

    /// <summary>The kernel's file.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <param name="x">Any shape of at most six axes, any type.</param>
    /// <param name="axes">For each axis of the result, its axis in <paramref name="x"/>; each once.</param>
    /// <returns>A new tensor with permuted axes; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException"><paramref name="axes"/> is not a permutation.</exception>
    public static Tensor Permute(Tensor x, params ReadOnlySpan<int> axes)
    {
        int[] order = axes.ToArray();
        Require.That(
            order.Length == x.Shape.Rank && order.Order().SequenceEqual(Enumerable.Range(0, order.Length)),
            $"[{string.Join(", ", order)}] is no permutation of the axes of {x.Shape}");

        Tensor y = Tensor.Empty(Shape.Create(Array.ConvertAll(order, axis => x.Shape[axis])), x.Type, x.Device);
        long[] source = Strides(x.Shape);
        long[] target = Strides(y.Shape);
        return Launch(x, y, 0, Border.Zero, axis =>
            new CopyAxis(y.Shape[axis], 0, 1, y.Shape[axis], source[order[axis]], target[axis]));
    }

    /// <summary>Takes a strided slice of one axis, which may run backwards and reach past the ends.</summary>
    /// <param name="x">Any shape of at most six axes, any type.</param>
    /// <param name="axis">Which axis, from 0.</param>
    /// <param name="start">Index of the first element; may lie outside the axis.</param>
    /// <param name="size">Size of the axis in the result.</param>
    /// <param name="step">From one element to the next; not 0, negative to run backwards.</param>
    /// <param name="border">The values past the ends.</param>
    /// <returns>A new tensor; the caller or its scope disposes it.</returns>
    public static Tensor Window(Tensor x, int axis, int start, int size, int step = 1, Border border = Border.Zero)
    {
        Require.That(axis >= 0 && axis < x.Shape.Rank, $"there is no axis {axis} in {x.Shape}");
        Require.That(step != 0, $"the step must not be 0");
        Require.That(
            border != Border.Replicate || x.Shape[axis] > 0, $"an empty axis cannot be replicated: {x.Shape}");
        Require.That(
            border != Border.Reflect || IsWithinReflection(x.Shape[axis], start, start + ((size - 1) * step)),
            $"axis {axis} of {x.Shape} is too short to be reflected from {start} in {size} steps of {step}");

        return Part(x, axis, start, size, step, border, 0);
    }

    /// <summary>Pads one axis with a constant, or crops it.</summary>
    /// <param name="x">Any shape of at most six axes, any type.</param>
    /// <param name="axis">Which axis, from 0.</param>
    /// <param name="before">Elements added before the first; negative to crop.</param>
    /// <param name="after">Elements added after the last; negative to crop.</param>
    /// <param name="value">Their value, rounded to the type.</param>
    /// <returns>A new tensor; the caller or its scope disposes it.</returns>
    public static Tensor Pad(Tensor x, int axis, int before, int after, double value)
    {
        Require.That(axis >= 0 && axis < x.Shape.Rank, $"there is no axis {axis} in {x.Shape}");
        int size = before + x.Shape[axis] + after;
        Require.That(size >= 0, $"{before} and {after} cut more than there is of axis {axis} in {x.Shape}");

        return Part(x, axis, -before, size, 1, Border.Zero, value);
    }

    /// <param name="x">A tensor with size 1 along the axes to broadcast.</param>
    /// <param name="shape">Shape of the result; missing outer axes of <paramref name="x"/> count as 1.</param>
    /// <returns>A new tensor with <paramref name="x"/> broadcast; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">
    /// <paramref name="shape"/> has fewer axes, or an axis of size other than 1 differs.
    /// </exception>
    public static Tensor Expand(Tensor x, Shape shape)
    {
        int missing = shape.Rank - x.Shape.Rank;
        Require.That(missing >= 0, $"{x.Shape} has more axes than {shape}");
        for (int axis = 0; axis < x.Shape.Rank; axis++)
        {
            int size = x.Shape[axis];
            Require.That(size == 1 || size == shape[axis + missing], $"{x.Shape} cannot be expanded to {shape}");
        }

        Tensor y = Tensor.Empty(shape, x.Type, x.Device);
        long[] source = Strides(x.Shape);
        long[] target = Strides(shape);
        return Launch(x, y, 0, Border.Zero, axis =>
        {
            bool repeats = axis < missing || x.Shape[axis - missing] == 1;
            return new CopyAxis(shape[axis], 0, 1, shape[axis], repeats ? 0 : source[axis - missing], target[axis]);
        });
    }

    /// <param name="parts">Tensors whose shapes differ along <paramref name="axis"/> alone; at least one.</param>
    /// <param name="axis">The axis to concatenate along, from 0.</param>
    /// <returns>A new tensor; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">Another axis differs, or there is no such axis or no tensor.</exception>
    public static Tensor Concatenate(IReadOnlyList<Tensor> parts, int axis)
    {
        Require.That(parts.Count > 0, $"there is nothing to concatenate");
        int size = 0;
        foreach (Tensor part in parts)
        {
            Require.SameKind(parts[0], part);
            Require.That(
                axis >= 0 && axis < part.Shape.Rank && part.Shape.With(axis, 0) == parts[0].Shape.With(axis, 0),
                $"{parts[0].Shape} and {part.Shape} cannot be concatenated along axis {axis}");
            size += part.Shape[axis];
        }

        Tensor y = Tensor.Empty(parts[0].Shape.With(axis, size), parts[0].Type, parts[0].Device);
        long[] target = Strides(y.Shape);
        int start = 0;
        foreach (Tensor part in parts)
        {
            long[] source = Strides(part.Shape);
            Launch(part, y, start * target[axis], Border.Zero, at =>
                new CopyAxis(part.Shape[at], 0, 1, part.Shape[at], source[at], target[at]));
            start += part.Shape[axis];
        }

        return y;
    }

    /// <summary>
    /// The weights of the adjoint of a convolution: input and output channels swapped within each group, taps reversed.
    /// </summary>
    /// <param name="w"><c>[G O, kT, kH, kW, C]</c>.</param>
    /// <param name="groups">G.</param>
    /// <returns><c>[G C, kT, kH, kW, O]</c>; the caller or its scope disposes it.</returns>
    internal static Tensor AdjointWeights(Tensor w, int groups)
    {
        (int outputs, int taps, int inputs) = (w.Shape[0] / groups, (int)w.Shape.Product(1, 4), w.Shape[4]);
        Tensor adjoint = Tensor.Empty([groups * inputs, w.Shape[1], w.Shape[2], w.Shape[3], outputs], w.Type, w.Device);
        long groupStride = (long)outputs * taps * inputs;
        CopyAxis[] axes =
        [
            new(groups, 0, 1, groups, groupStride, groupStride),
            new(inputs, 0, 1, inputs, 1, (long)taps * outputs),
            new(taps, taps - 1, -1, taps, inputs, outputs),
            new(outputs, 0, 1, outputs, (long)taps * inputs, 1),
        ];
        return Launch(w, adjoint, 0, Border.Zero, axes);
    }

    /// <returns>A strided subset of the taps of weights <c>[O, kT, kH, kW, C]</c>.</returns>
    internal static Tensor Taps(Tensor w, Triple first, Triple step, Triple count)
    {
        Tensor part = Tensor.Empty([w.Shape[0], count.T, count.H, count.W, w.Shape[4]], w.Type, w.Device);
        (long[] source, long[] target) = (Strides(w.Shape), Strides(part.Shape));
        CopyAxis Axis(int axis, int start, int apart) =>
            new(part.Shape[axis], start, apart, w.Shape[axis], source[axis], target[axis]);
        return Launch(
            w, part, 0, Border.Zero,
            [
                Axis(0, 0, 1), Axis(1, first.T, step.T), Axis(2, first.H, step.H), Axis(3, first.W, step.W),
                Axis(4, 0, 1),
            ]);
    }

    /// <summary>
    /// Scatters <paramref name="x"/>, <c>[N, T, H, W, C]</c>, into the larger <paramref name="y"/>, from
    /// <paramref name="first"/> on with stride <paramref name="step"/>.
    /// </summary>
    internal static void Spread(Tensor x, Tensor y, Triple first, Triple step)
    {
        (long[] source, long[] target) = (Strides(x.Shape), Strides(y.Shape));
        CopyAxis Axis(int axis, int apart) =>
            new(x.Shape[axis], 0, 1, x.Shape[axis], source[axis], target[axis] * apart);
        long start = (first.T * target[1]) + (first.H * target[2]) + (first.W * target[3]);
        CopyAxis[] axes = [Axis(0, 1), Axis(1, step.T), Axis(2, step.H), Axis(3, step.W), Axis(4, 1)];
        Launch(x, y, start, Border.Zero, axes);
    }

    private static bool IsWithinReflection(int size, int first, int last) =>
        Math.Min(first, last) > -size && Math.Max(first, last) < (2 * size) - 1;

    private static Tensor Part(Tensor x, int axis, int start, int size, int step, Border border, double fill)
    {
        Tensor y = Tensor.Empty(x.Shape.With(axis, size), x.Type, x.Device);
        long[] source = Strides(x.Shape);
        long[] target = Strides(y.Shape);
        CopyAxis[] axes = new CopyAxis[x.Shape.Rank];
        for (int at = 0; at < axes.Length; at++)
        {
            axes[at] = at == axis
                ? new CopyAxis(size, start, step, x.Shape[at], source[at], target[at])
                : new CopyAxis(x.Shape[at], 0, 1, x.Shape[at], source[at], target[at]);
        }

        return Launch(x, y, 0, border, axes, fill);
    }

    private static Tensor Launch(Tensor x, Tensor y, long targetStart, Border border, Func<int, CopyAxis> axisOf)
    {
        CopyAxis[] axes = new CopyAxis[y.Shape.Rank];
        for (int axis = 0; axis < axes.Length; axis++) axes[axis] = axisOf(axis);
        return Launch(x, y, targetStart, border, axes);
    }

    private static Tensor Launch(
        Tensor x, Tensor y, long targetStart, Border border, CopyAxis[] axes, double fill = 0)
    {
        CopyPlan plan = Plan(axes, y);
        if (plan.Count == 0) return y;
        int room = (int)Math.Min(int.MaxValue, y.ElementCount - targetStart);
        using Tensor target = y.Part(targetStart, Shape.Create([room]));
        LaunchCost cost = new((Math.Min(x.ElementCount, plan.Count) + plan.Count) * x.Type.Size());
        if (Transpose.TryLaunch(x, target, plan, cost)) return y;

        int width = PackWidths.Longest(x.Type);
        bool isPacked = PackWidths.AreAligned(x, target) && plan.HasRowsOfPacks(width);
        RowTiling tiling = new(plan.Count / plan.RowLength, plan.RowLength, isPacked ? width : 1);
        Kernel kernel = x.Device.Load(s_source, x.Type, s_variants[(int)border]).Kernel("StridedCopy");
        kernel.Launch(
            tiling.Shape(x.Device) with { Cost = cost }, x, target, KernelArgument.Structure(ref tiling),
            KernelArgument.Structure(ref plan), fill);
        return y;
    }

    private static CopyPlan Plan(CopyAxis[] axes, Tensor y)
    {
        try
        {
            return new CopyPlan(axes);
        }
        catch
        {
            y.Dispose();
            throw;
        }
    }

    private static long[] Strides(Shape shape)
    {
        long[] strides = new long[shape.Rank];
        long stride = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return strides;
    }
}
