using GenKernels.Kernels.Vision;

namespace GenKernels.Benchmarks.Kernels.Vision;

/// <summary>The sampling positions of pictures for <c>GridSample</c>.</summary>
public class AffineGridBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Grid(64, 128, 128)];

    private static KernelCase Grid(int pictures, int height, int width) => new(
        $"AffineGrid {pictures}x{height}x{width}", [[pictures, 2, 3]], [pictures, height, width, 2],
        inputs => AffineGrid.Forward(inputs[0], height, width),
        (inputs, index) =>
        {
            long place = index / 2;
            double u = ((2.0 * (place % width)) + 1) / width - 1;
            double v = ((2.0 * (place / width % height)) + 1) / height - 1;
            ReadOnlySpan<float> map = inputs[0].AsSpan((int)((6 * (place / width / height)) + (3 * (index % 2))), 3);
            return (map[0] * u) + (map[1] * v) + map[2];
        }) { Scale = 4 };
}
