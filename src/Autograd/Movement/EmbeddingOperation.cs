namespace GenKernels.Autograd;

/// <summary>Rows of a table by number: linear in the table, and its adjoint's adjoint is itself.</summary>
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
