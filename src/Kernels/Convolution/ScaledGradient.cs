using GenKernels.Kernels.Common;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Kernels.Reduction;

namespace GenKernels.Kernels.Convolution;

/// <summary>
/// Launches <c>ScaledGradient.cu</c>: the backward pass of the factor, noise, bias and activation that follow a
/// convolution, or of the scale before it, in one pass over memory.
/// </summary>
public static class ScaledGradient
{
    // Rows that are worth a separate segment. The number of segments decides the order of the additions, so that it
    // must depend on the shapes alone, not on the device.
    private const int SegmentRows = 1024;

    private static readonly KernelSource s_source = Source("Convolution/ScaledGradient.cu");

    /// <summary>No activation, no gain, no clamp.</summary>
    private static BiasActivationOptions Plain => ProductEpilogue.None.Activation;

    /// <returns>
    /// Whether the activation's derivative follows from its result: it is piecewise linear with its kink at 0, its gain
    /// and clamp are positive and its slope is not negative.
    /// </returns>
    public static bool IsToldByResult(BiasActivationOptions after) =>
        after.Activation.IsPiecewiseLinear() && after is { Gain: > 0, Slope: >= 0, Clamp: > 0 };

    /// <summary>The backward pass of y = clamp(gain f(sum · factor + noise + bias)).</summary>
    /// <param name="g">The upstream gradient, of the shape of <paramref name="y"/>.</param>
    /// <param name="y">The result, <c>[…, C]</c>: the rows of frame 0, then of frame 1, and so on.</param>
    /// <param name="frameCount">The number of frames; divides the rows.</param>
    /// <param name="factor">Of each frame, <c>[F, C]</c>; or null.</param>
    /// <param name="noise">Of each row, <c>[rows]</c>; or null.</param>
    /// <param name="after">The activation f, its gain and clamp, for which <see cref="IsToldByResult"/> holds.</param>
    /// <returns>
    /// The gradient of the sum, of the shape of <paramref name="y"/>; and for each frame and channel, <c>[F, C]</c>,
    /// the sums of dz, where z is the input of f, and of dz (z - noise), both in the type of sums. The caller or its
    /// scope disposes them.
    /// </returns>
    /// <exception cref="ShapeException">
    /// The shapes do not fit, <paramref name="g"/> and <paramref name="y"/> differ in type or device, or
    /// <see cref="IsToldByResult"/> does not hold.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The tensors are not floats, or factor or noise differ from <paramref name="y"/> in type or device.
    /// </exception>
    public static (Tensor Gradient, Tensor Sums, Tensor Products) OfResult(
        Tensor g, Tensor y, int frameCount, Tensor? factor, Tensor? noise, BiasActivationOptions after)
    {
        (Tensor gradient, Tensor? sums, Tensor? products) =
            Launch(g, y, frameCount, factor, noise, after, y.Type.SumType());
        return (gradient, sums!, products!);
    }

    /// <summary>The backward pass of y = clamp(gain f(z + bias)).</summary>
    /// <param name="g">The upstream gradient, of the shape of <paramref name="y"/>.</param>
    /// <param name="y">The result, <c>[…, C]</c>.</param>
    /// <param name="after">The activation f, its gain and clamp, for which <see cref="IsToldByResult"/> holds.</param>
    /// <returns>
    /// The gradient of z, of the shape of <paramref name="y"/>, and its sums over the rows, <c>[1, C]</c>: the gradient
    /// of the bias. The caller or its scope disposes them.
    /// </returns>
    /// <exception cref="ShapeException">
    /// The two tensors differ in shape, type or device, or <see cref="IsToldByResult"/> does not hold.
    /// </exception>
    /// <exception cref="ArgumentException">The tensors are not floats.</exception>
    public static (Tensor Gradient, Tensor Sums) OfResult(Tensor g, Tensor y, BiasActivationOptions after)
    {
        (Tensor gradient, Tensor? sums, _) =
            Launch(g, y, frameCount: 1, factor: null, noise: null, after, y.Type, needsProducts: false);
        return (gradient, sums!);
    }

    /// <summary>The backward pass of x · scale.</summary>
    /// <param name="g">The upstream gradient, of the shape of <paramref name="x"/>.</param>
    /// <param name="x">The unscaled input, <c>[…, C]</c>: the rows of frame 0, then of frame 1, and so on.</param>
    /// <param name="scales">For each frame, <c>[F, C]</c>.</param>
    /// <returns>
    /// The gradients of <paramref name="x"/> and of <paramref name="scales"/>; the caller or its scope disposes them.
    /// </returns>
    /// <exception cref="ShapeException">
    /// The shapes do not fit, or <paramref name="g"/> and <paramref name="x"/> differ in type or device.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The tensors are not floats, or the scales differ from <paramref name="x"/> in type or device.
    /// </exception>
    public static (Tensor X, Tensor Scales) OfScale(Tensor g, Tensor x, Tensor scales)
    {
        (Tensor gradient, _, Tensor? products) =
            Launch(g, x, scales.Shape[0], scales, null, Plain, x.Type, needsSums: false);
        return (gradient, products!);
    }

    private static (Tensor Gradient, Tensor? Sums, Tensor? Products) Launch(
        Tensor g, Tensor y, int frameCount, Tensor? factor, Tensor? noise, BiasActivationOptions after,
        ElementType typeOfSums, bool needsSums = true, bool needsProducts = true)
    {
        Require.That(IsToldByResult(after), $"the result of {after} does not tell its derivative");
        int columns = y.Shape[^1];
        int rows = Require.Product(y, 0, y.Shape.Rank - 1);
        Check(g, y, frameCount, rows, factor, noise);

        Tensor gradient = Tensor.Empty(y.Shape, y.Type, y.Device);
        Shape shape = [frameCount, columns];
        if (y.ElementCount == 0)
        {
            Tensor? Zeros(bool isNeeded) => isNeeded ? Tensor.Zeros(shape, typeOfSums, y.Device) : null;
            return (gradient, Zeros(needsSums), Zeros(needsProducts));
        }

        bool isOnHost = y.Device.WarpSize == 1;
        int frameRows = rows / frameCount;
        int segments = Math.Max(1, frameRows / SegmentRows);
        Shape partShape = [frameCount, segments, columns];
        ElementType sumType = y.Type.SumType();
        using Tensor? sums = needsSums ? Tensor.Empty(partShape, sumType, y.Device) : null;
        using Tensor? products = needsProducts ? Tensor.Empty(partShape, sumType, y.Device) : null;
        ColumnPlan plan = new(columns, y, g, gradient);
        long blocks = (long)frameCount * segments * (isOnHost ? 1 : plan.TileCount);
        LaunchShape launch = new(blocks, 1, 1, isOnHost ? 1 : ColumnPlan.Threads)
        {
            Cost = LaunchCost.Of(g, y, factor, noise, gradient, sums, products),
        };
        float slope = after.Activation switch { Activation.Linear => 1, Activation.Relu => 0, _ => after.Slope };
        y.Device.Load(s_source, y.Type).Kernel("ScaledGradient").Launch(
            launch, g, y, factor, noise, gradient, sums, products, frameRows, segments,
            KernelArgument.Structure(ref plan), slope, after.Gain, after.Clamp);
        return (gradient, Joined(sums, shape, typeOfSums), Joined(products, shape, typeOfSums));
    }

    private static void Check(Tensor g, Tensor y, int frameCount, int rows, Tensor? factor, Tensor? noise)
    {
        Require.Float(y);
        Require.Same(y, g);
        Require.That(
            rows == 0 || (frameCount > 0 && rows % frameCount == 0), $"{frameCount} frames do not divide {rows} rows");
        if (factor is not null) Require.SameKind(y, factor);
        if (noise is not null) Require.SameKind(y, noise);
        if (factor is not null) Require.Shape(factor, [frameCount, y.Shape[^1]]);
        if (noise is not null) Require.Shape(noise, [rows]);
    }

    private static Tensor? Joined(Tensor? parts, Shape shape, ElementType type)
    {
        if (parts is null) return null;
        using Tensor sum = parts.Shape[1] == 1 ? parts.View(shape) : Reduce.Forward(ReduceKind.Sum, parts, 1, 1);
        using Tensor shaped = sum.View(shape);
        return Cast.OrView(shaped, type);
    }
}
