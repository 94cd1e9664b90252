namespace GenKernels.Autograd;

/// <summary>The sampling grid of an affine map; linear in the map.</summary>
public static class AffineGridOperation
{
    /// <summary>Differentiable to any order.</summary>
    /// <remarks>With the pixels' coordinates P, <c>[I J, 2]</c>: dm = [gᵀ P, sum of g].</remarks>
    /// <inheritdoc cref="Kernels.Vision.AffineGrid.Forward"/>
    public static Variable AffineGrid(this Variable map, int height, int width)
    {
        Tensor value = Kernels.Vision.AffineGrid.Forward(map.Value, height, width);
        return Variable.FromOperation(nameof(AffineGrid), value, [map], (_, g) =>
        {
            float[] identity = [1, 0, 0, 0, 1, 0];
            using Tensor single = Tensor.From(identity, [1, 2, 3], map.Device);
            using Tensor unit = Kernels.Elementwise.Cast.Forward(single, map.Type);
            Variable pixels = new(Kernels.Vision.AffineGrid.Forward(unit, height, width));
            Variable upstream = g.Reshape([map.Shape[0], height * width, 2]);
            Variable linear = upstream.BatchMatMul(pixels.Reshape([1, height * width, 2]), transposeX: true);
            Variable offset = upstream.Sum(1).Permute(0, 2, 1);          // [N, 2, 1]
            return [Variable.Concatenate([linear, offset], 2)];          // [N, 2, 3]
        });
    }
}
