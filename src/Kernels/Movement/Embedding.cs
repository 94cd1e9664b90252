namespace GenKernels.Kernels.Movement;

/// <summary>Launches <c>Embedding.cu</c>: looks up rows of a table by id, and computes the gradient.</summary>
public static class Embedding
{
    private static readonly KernelSource s_source = Source("Movement/Embedding.cu", "Index=int", "Index=Int64");

    /// <param name="table">One row per id, <c>[V, C]</c>, floats.</param>
    /// <param name="ids">
    /// Ids from 0 to V - 1, of any shape, 32-bit or 64-bit integers; an id out of range gives a row of NaN.
    /// </param>
    /// <returns>A new tensor, <c>[ids…, C]</c>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException"><paramref name="table"/> is not a matrix.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="ids"/> are not 32-bit or 64-bit integers on the device of <paramref name="table"/>.
    /// </exception>
    public static Tensor Forward(Tensor table, Tensor ids)
    {
        Require.Float(table);
        Require.Rank(table, 2);
        CheckIds(table, ids);

        Tensor y = Tensor.Empty([.. ids.Shape, table.Shape[1]], table.Type, table.Device);
        if (y.ElementCount == 0) return y;
        Kernel kernel = table.Device.Load(s_source, table.Type, Variant(ids)).Kernel("Embedding");
        LaunchCost cost = new((2 * y.Bytes) + ids.Bytes);
        kernel.Launch(
            LaunchShape.WarpPerRow(table.Device, ids.ElementCount) with { Cost = cost }, table, ids, y,
            ids.ElementCount, (long)table.Shape[0], table.Shape[1]);
        return y;
    }

    /// <summary>The adjoint of <see cref="Forward"/>: adds up the rows with the same id.</summary>
    /// <param name="dy">The upstream gradient, <c>[ids…, C]</c>, floats.</param>
    /// <param name="ids">The ids of the forward pass.</param>
    /// <param name="rowCount">The rows V of the table.</param>
    /// <returns>The gradient of the table, <c>[V, C]</c>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="ids"/> are not 32-bit or 64-bit integers on the device of <paramref name="dy"/>.
    /// </exception>
    public static Tensor Gradient(Tensor dy, Tensor ids, int rowCount)
    {
        Require.Float(dy);
        CheckIds(dy, ids);
        Require.That(dy.Shape.Rank == ids.Shape.Rank + 1, $"dy must be {ids.Shape} and channels, got {dy.Shape}");
        Require.Shape(dy, [.. ids.Shape, -1]);
        Require.That(rowCount >= 0, $"rowCount must not be negative, got {rowCount}");

        Require.That(
            ids.ElementCount < int.MaxValue, $"ids must be fewer than {int.MaxValue}, got {ids.ElementCount}");

        Shape shape = [rowCount, dy.Shape[^1]];
        if (dy.ElementCount == 0 || rowCount == 0) return Tensor.Zeros(shape, dy.Type, dy.Device);
        Tensor dtable = Tensor.Empty(shape, dy.Type, dy.Device);
        using Tensor heads = Tensor.Zeros([rowCount], ElementType.Int32, dy.Device);
        using Tensor nexts = Tensor.Empty([(int)ids.ElementCount], ElementType.Int32, dy.Device);
        KernelModule module = dy.Device.Load(s_source, dy.Type, Variant(ids));
        LaunchShape oneWarp = new(1, 1, 1, dy.Device.WarpSize) { Cost = LaunchCost.Of(ids, heads, nexts) };
        module.Kernel("EmbeddingLists").Launch(oneWarp, ids, heads, nexts, (int)ids.ElementCount, rowCount);
        module.Kernel("EmbeddingGradient").Launch(
            LaunchShape.WarpPerRow(dy.Device, rowCount) with { Cost = LaunchCost.Of(dy, heads, nexts, dtable) },
            dy, heads, nexts, dtable, rowCount, shape[1]);
        return dtable;
    }

    private static void CheckIds(Tensor table, Tensor ids)
    {
        bool fits = ids.Type is ElementType.Int32 or ElementType.Int64 && ids.Device == table.Device;
        Require.That(fits, $"ids must be 32-bit or 64-bit integers on {table.Device}, got {ids}");
    }

    private static string Variant(Tensor ids) => ids.Type == ElementType.Int32 ? "Index=int" : "Index=Int64";
}
