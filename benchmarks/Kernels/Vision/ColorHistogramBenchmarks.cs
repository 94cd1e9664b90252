using GenKernels.Kernels.Vision;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Vision;

/// <summary>Colour histograms of the frames of a video.</summary>
public class ColorHistogramBenchmarks : KernelBenchmarks
{
    private const int Levels = 20;

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Histogram([128, 36, 64, 3]), Histogram([32, 144, 256, 3])];

    private static KernelCase Histogram(Shape shape)
    {
        int frame = (int)shape.Product(1, 4);
        return new KernelCase(
            $"ColorHistogram {shape}", [shape], [shape[0], Levels, Levels, Levels],
            inputs => ColorHistogram.Forward(inputs[0], Levels),
            (inputs, index) =>
            {
                ReadOnlySpan<float> values = inputs[0].AsSpan((int)(index / (Levels * Levels * Levels)) * frame, frame);
                int count = 0;
                for (int i = 0; i < frame; i += 3)
                {
                    int bin = (((Level(values[i]) * Levels) + Level(values[i + 1])) * Levels) + Level(values[i + 2]);
                    if (bin == index % (Levels * Levels * Levels)) count++;
                }

                return count;
            });
    }

    private static int Level(float value) => (int)MathF.Floor((((value / 2) + 0.5f) * (Levels - 1)) + 0.5f);
}
