using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Normalization;

/// <summary>Launches <c>LayerNorm.cu</c>: every row is brought to mean 0 and variance 1, and the gradients.</summary>
public static class LayerNorm
{
    // As in the kernel: columns that a block of parameters takes.
    private const int ParameterColumns = 32;

    // Rows whose sums one thread takes: their result is written and read again.
    private const int ChunkRows = 32;
    private static readonly KernelSource s_source = Source("Normalization/LayerNorm.cu", PackWidths.Variants);

    /// <param name="x">Activations, <c>[…, C]</c>, floats; the rows are those of the last axis.</param>
    /// <param name="weight">Multiplies the result, <c>[C]</c>; or null for ones.</param>
    /// <param name="bias">Is added then, <c>[C]</c>; or null for zeros.</param>
    /// <param name="epsilon">Added to the variance; positive, in squared units of <paramref name="x"/>.</param>
    /// <returns>A new tensor of the shape of <paramref name="x"/>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException"><paramref name="x"/> is a scalar, or weight or bias do not fit.</exception>
    public static Tensor Forward(Tensor x, Tensor? weight, Tensor? bias, float epsilon)
    {
        Check(x, weight, bias);
        Require.Positive(epsilon);

        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        long rows = x.ElementCount / x.Shape[^1];
        string variant = PackWidths.Variant(PackWidths.For(x, weight, bias, y));
        Kernel kernel = x.Device.Load(s_source, x.Type, variant).Kernel("LayerNorm");
        kernel.Launch(
            LaunchShape.WarpPerRow(x.Device, rows) with { Cost = LaunchCost.Of(x, weight, bias, y) },
            x, weight, bias, y, rows, x.Shape[^1], epsilon);
        return y;
    }

    /// <param name="x">What was normalised, <c>[…, C]</c>, floats.</param>
    /// <param name="dy">The gradient of the result, of the shape of <paramref name="x"/>.</param>
    /// <param name="weight">As it was given to <see cref="Forward"/>.</param>
    /// <param name="bias">As it was given there.</param>
    /// <param name="epsilon">As it was given there.</param>
    /// <param name="needsParameters">Whether gradients of weight and bias are asked for.</param>
    /// <returns>
    /// The gradients; those of weight and bias are null if they are not asked for or were not given. The caller or its
    /// scope disposes them.
    /// </returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static (Tensor X, Tensor? Weight, Tensor? Bias) Backward(
        Tensor x, Tensor dy, Tensor? weight, Tensor? bias, float epsilon, bool needsParameters = true)
    {
        Check(x, weight, bias);
        Require.Same(x, dy);
        Require.Positive(epsilon);

        Tensor dx = Tensor.Empty(x.Shape, x.Type, x.Device);
        Tensor? dw = weight is null || !needsParameters ? null : Tensor.Zeros(weight.Shape, x.Type, x.Device);
        Tensor? db = bias is null || !needsParameters ? null : Tensor.Zeros(bias.Shape, x.Type, x.Device);
        if (x.ElementCount == 0) return (dx, dw, db);
        int channels = x.Shape[^1];
        long rows = x.ElementCount / channels;
        ElementType sumType = GroupNorm.SumType(x);
        int width = PackWidths.For(x, dy, weight, dx);
        KernelModule module = x.Device.Load(s_source, x.Type, PackWidths.Variant(width));
        bool hasParameters = dw is not null || db is not null;
        bool isHost = x.Device.WarpSize == 1;
        int chunks = checked((int)((rows + ChunkRows - 1) / ChunkRows));
        using Tensor? statistics = isHost ? null : Tensor.Empty([checked((int)rows), 2], sumType, x.Device);
        using Tensor? partial = hasParameters ? Tensor.Empty([chunks, 2, channels], sumType, x.Device) : null;
        LaunchShape shape = isHost ? LaunchShape.Blocks(x.Device, chunks) : LaunchShape.WarpPerRow(x.Device, rows);
        module.Kernel("LayerNormGradient").Launch(
            shape with { Cost = LaunchCost.Of(x, dy, weight, dx, statistics, isHost ? partial : null) },
            x, dy, weight, dx, statistics, isHost ? partial : null, rows, channels, ChunkRows, epsilon);
        if (partial is null) return (dx, dw, db);
        if (statistics is not null) Sum(module, width, x, dy, statistics, partial);
        module.Kernel("LayerNormParameters").Launch(
            LaunchShape.Blocks(x.Device, (channels + ParameterColumns - 1) / ParameterColumns) with
            {
                Cost = LaunchCost.Of(partial, dw, db),
            },
            partial, dw, db, chunks, channels);
        return (dx, dw, db);
    }

    private static void Sum(
        KernelModule module, int width, Tensor x, Tensor dy, Tensor statistics, Tensor partial)
    {
        ColumnPlan plan = new(x.Shape[^1], width, x, dy);
        module.Kernel("LayerNormSums").Launch(
            new LaunchShape((long)partial.Shape[0] * plan.TileCount, 1, 1, ColumnPlan.Threads)
            {
                Cost = LaunchCost.Of(x, dy, statistics, partial),
            },
            x, dy, statistics, partial, (long)statistics.Shape[0], x.Shape[^1], ChunkRows,
            KernelArgument.Structure(ref plan));
    }

    private static void Check(Tensor x, Tensor? weight, Tensor? bias)
    {
        Require.Float(x);
        Require.That(x.Shape.Rank > 0, $"x must have an axis, got shape {x.Shape}");
        if (weight is not null) Require.Shape(weight, [x.Shape[^1]]);
        if (weight is not null) Require.SameKind(x, weight);
        if (bias is not null) Require.Shape(bias, [x.Shape[^1]]);
        if (bias is not null) Require.SameKind(x, bias);
    }
}
