namespace GenKernels.Autograd;

/// <summary>Gathers rows of a table by index; linear in the table.</summary>
public static class EmbeddingOperation
{
    /// <summary>Differentiable to any order with respect to the table.</summary>
    /// <inheritdoc cref="Kernels.Movement.Embedding.Forward"/>
    public static Variable Embedding(this Variable table, Tensor ids)
    {
        Tensor value = Kernels.Movement.Embedding.Forward(table.Value, ids);
        return Variable.FromOperation(nameof(Embedding), value, [table], (_, g) =>
            [g.EmbeddingGradient(ids, table.Shape[0])]);
    }

    private static Variable EmbeddingGradient(this Variable g, Tensor ids, int rowCount)
    {
        Tensor value = Kernels.Movement.Embedding.Gradient(g.Value, ids, rowCount);
        return Variable.FromOperation(nameof(EmbeddingGradient), value, [g], (_, upstream) =>
            [upstream.Embedding(ids)]);
    }
}
