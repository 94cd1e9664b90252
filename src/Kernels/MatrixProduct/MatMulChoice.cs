using GenKernels.Kernels.Random;

namespace GenKernels.Kernels.MatrixProduct;

/// <summary>The one place that decides how a device with warps multiplies matrices.</summary>
internal sealed class MatMulChoice : ITunedWork<MatMulKey, ProductAlgorithm>
{
    /// <inheritdoc/>
    public string Name => nameof(MatMul);

    /// <inheritdoc/>
    public IReadOnlyList<KernelSource> Sources =>
        [MatMul.SourceFile, MatMulTensor.SourceOf(MatrixTiling.All[0]), SplitKReduction.SourceFile];

    /// <inheritdoc/>
    public ProductAlgorithm Rule(Device device, in MatMulKey key)
    {
        if (!TensorCores.Multiply(device, key.Type)) return new ProductAlgorithm(ProductMethod.CudaCores);
        MatrixTiling tiling = MatrixTiling.For(key.M, key.N, key.Batch);
        return ProductAlgorithm.OnTensorCores(tiling, tiling.TileCount(key.M, key.N) * key.Batch, key.K, key.Type);
    }

    /// <inheritdoc/>
    public IEnumerable<ProductAlgorithm> Algorithms(Device device, in MatMulKey key)
    {
        (int rows, int columns, int batch) = (key.M, key.N, key.Batch);
        long products = (long)rows * columns * key.K;
        return ProductAlgorithm.All(
            Rule(device, key),
            ProductAlgorithm.OnTensorCores(
                device, tiling => tiling.TileCount(rows, columns) * batch, key.K, key.Type, key.HasWholeChunks),
            rank => rank == 0 && MatMulLibrary.Fits(device, products));
    }

    /// <inheritdoc/>
    public IEnumerable<(KernelSource Source, ElementType Type, string Variant)> Modules(
        MatMulKey key, IReadOnlyList<ProductAlgorithm> algorithms) =>
        ProductAlgorithm.Modules(
            algorithms, (MatMul.SourceFile, key.Type, MatMul.Variant(key.TransposeX, key.TransposeW)), tiling =>
                (MatMulTensor.SourceOf(tiling), key.Type,
                    MatMulTensor.Variant(tiling, key.TransposeX, key.TransposeW)));

    /// <inheritdoc/>
    public Action<ProductAlgorithm> Prepare(Device device, MatMulKey key)
    {
        using RandomGenerator random = new(device, seed: 1);
        Tensor x = Operand(random, [key.X.Batch, key.X.Rows, key.X.Columns], key.Type, key.IsXAligned);
        Tensor w = Operand(random, [key.W.Batch, key.W.Rows, key.W.Columns], key.Type, key.IsWAligned);
        Tensor y = Tensor.Empty([key.Batch, key.M, key.N], key.Type, device);
        ProductEpilogue epilogue = key.Epilogue.Prepare(random, y.Shape, key.Type);
        return algorithm => MatMul.Launch(algorithm, x, w, y, epilogue, key.TransposeX, key.TransposeW);
    }

    private static Tensor Operand(RandomGenerator random, Shape shape, ElementType type, bool isAligned) =>
        isAligned ? random.Normal(shape, type) : random.Normal([(int)shape.ElementCount + 1], type).Part(1, shape);
}
