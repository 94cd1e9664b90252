using GenKernels.Kernels.Augmentation;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Augmentation;

/// <summary>Colour transforms of pictures and clips before a discriminator.</summary>
public class ColorTransformBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Transform([32, 128, 128, 3]), Transform([8, 16, 144, 256, 3])];

    private static KernelCase Transform(Shape shape) => new(
        $"ColorTransform {shape}", [shape, [shape[0], 4, 4]], shape,
        inputs => ColorTransform.Forward(inputs[0], inputs[1]),
        (inputs, index) =>
        {
            int row = (int)((index / shape.Product(1, shape.Rank) * 16) + (index % 3 * 4));
            ReadOnlySpan<float> pixel = inputs[0].AsSpan((int)(index / 3 * 3), 3);
            ReadOnlySpan<float> matrix = inputs[1].AsSpan(row, 4);
            return (matrix[0] * pixel[0]) + (matrix[1] * pixel[1]) + (matrix[2] * pixel[2]) + matrix[3];
        }) { Scale = 4 };
}
