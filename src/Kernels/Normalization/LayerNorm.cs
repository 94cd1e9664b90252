using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Normalization;

/// <summary>
/// Launches <c>LayerNorm.cu</c>: normalises every row to mean 0 and variance 1, and computes the gradients.
/// </summary>
public static class LayerNorm
{
    // As in the kernel: threads of a block of the gradient, and the most bytes of either of a thread's two sums.
    private const int GradientThreads = WarpRow.BlockThreads;
    private const int MostSumBytes = 160;

    // Blocks that fill the largest GPU once. Each takes at least two steps of rows, since its sums are written and read
    // back. The block count decides the order of the additions, so it must not depend on the device at hand.
    private const int EnoughBlocks = 396;
    private const int FewestSteps = 2;

    // Rows of a block on the host.
    private const int HostChunkRows = 32;

    // LayerNormParameters: columns of the host's one thread, as in the kernel; and threads across the columns on other
    // devices, few so that many share the parts.
    private const int HostColumns = 32;
    private const int ThreadsAcross = 4;

    private static readonly KernelSource s_source =
        OpenSource("Normalization/LayerNorm.cu", AllFloats, WarpRow.Examples);

    /// <param name="x">Activations, <c>[…, C]</c>, floats; rows run along the last axis.</param>
    /// <param name="weight">Per-channel factor, applied after normalisation, <c>[C]</c>; or null for ones.</param>
    /// <param name="bias">Added after the weight, <c>[C]</c>; or null for zeros.</param>
    /// <param name="epsilon">Added to the variance; positive, in squared units of <paramref name="x"/>.</param>
    /// <returns>A new tensor of the shape of <paramref name="x"/>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException"><paramref name="x"/> is a scalar, or weight or bias do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epsilon"/> is not positive and finite.</exception>
    public static Tensor Forward(Tensor x, Tensor? weight, Tensor? bias, float epsilon)
    {
        Check(x, weight, bias);
        Require.Positive(epsilon);

        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        long rows = x.ElementCount / x.Shape[^1];
        WarpRow row = WarpRow.Of(x, weight, bias, y);
        Kernel kernel = x.Device.Load(s_source, x.Type, row.ToString()).Kernel("LayerNorm");
        kernel.Launch(
            row.Shape(x.Device, rows) with { Cost = LaunchCost.Of(x, weight, bias, y) },
            x, weight, bias, y, rows, x.Shape[^1], epsilon);
        return y;
    }

    /// <param name="x">The input of <see cref="Forward"/>, <c>[…, C]</c>, floats.</param>
    /// <param name="dy">The upstream gradient, of the shape of <paramref name="x"/>.</param>
    /// <param name="weight">As in the forward pass.</param>
    /// <param name="bias">As in the forward pass.</param>
    /// <param name="epsilon">As in the forward pass.</param>
    /// <param name="needsParameters">Whether the gradients of weight and bias are wanted.</param>
    /// <returns>
    /// The gradients; those of weight and bias are null if not wanted or if the parameter is null. The caller or its
    /// scope disposes them.
    /// </returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epsilon"/> is not positive and finite.</exception>
    public static (Tensor X, Tensor? Weight, Tensor? Bias) Backward(
        Tensor x, Tensor dy, Tensor? weight, Tensor? bias, float epsilon, bool needsParameters = true)
    {
        Check(x, weight, bias);
        Require.Same(x, dy);
        Require.Positive(epsilon);

        Tensor dx = Tensor.Empty(x.Shape, x.Type, x.Device);
        Tensor? dw = needsParameters ? ParameterGradient.Of(weight, x) : null;
        Tensor? db = needsParameters ? ParameterGradient.Of(bias, x) : null;
        if (x.ElementCount == 0) return (dx, dw, db);
        int channels = x.Shape[^1];
        long rows = x.ElementCount / channels;
        WarpRow row = WarpRow.Of(x, dy, weight, dx);
        KernelModule module = x.Device.Load(s_source, x.Type, row.ToString());
        int threads = x.Device.WarpSize == 1 ? 1 : GradientThreads;
        int chunkRows = ChunkRows(x.Device, rows, threads / row.Lanes);
        long chunks = Quotient.Up(rows, chunkRows);
        using Tensor? partial =
            dw is null && db is null ? null : Partial(x, row, checked((int)chunks), threads / row.Lanes);
        module.Kernel("LayerNormGradient").Launch(
            new LaunchShape(chunks, 1, 1, threads) { Cost = LaunchCost.Of(x, dy, weight, dx, partial) },
            x, dy, weight, dx, partial, rows, channels, chunkRows, epsilon);
        if (partial is not null) ReduceParameters(module, partial, dw, db);
        return (dx, dw, db);
    }

    private static int ChunkRows(Device device, long rows, int stepRows)
    {
        if (device.WarpSize == 1) return HostChunkRows;
        long stepsInAll = Quotient.Up(rows, stepRows);
        long steps = Math.Max(FewestSteps, Quotient.Up(stepsInAll, EnoughBlocks));
        return checked((int)(steps * stepRows));
    }

    // One part per block or, if its threads cannot hold the sums in registers, per group of threads that share a row.
    private static Tensor Partial(Tensor x, WarpRow row, int chunks, int stepRows)
    {
        ElementType sumType = x.Type.SumType();
        int sumBytes = row.HeldPacks * row.PackWidth * sumType.Size();
        bool areHeld = row.HeldPacks > 0 && sumBytes <= MostSumBytes;
        return Tensor.Empty([areHeld ? chunks : checked(chunks * stepRows), 2, x.Shape[^1]], sumType, x.Device);
    }

    private static void ReduceParameters(KernelModule module, Tensor partial, Tensor? dw, Tensor? db)
    {
        (int parts, int channels) = (partial.Shape[0], partial.Shape[2]);
        bool isHost = partial.Device.WarpSize == 1;
        int width = isHost ? HostColumns : PackWidths.Longest(partial.Type);
        ColumnPlan plan = new(2 * channels, width, isHost ? 1 : ThreadsAcross, partial);
        module.Kernel("LayerNormParameters").Launch(
            new LaunchShape(plan.TileCount, 1, 1, isHost ? 1 : ColumnPlan.Threads)
            {
                Cost = LaunchCost.Of(partial, dw, db),
            },
            partial, dw, db, parts, channels, KernelArgument.Structure(ref plan));
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
