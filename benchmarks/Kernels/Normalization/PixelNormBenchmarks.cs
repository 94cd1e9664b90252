using GenKernels.Kernels.Normalization;

namespace GenKernels.Benchmarks.Kernels.Normalization;

/// <summary>The generator's noise embedding, 1,024 channels per frame, and activations of its last block.</summary>
public class PixelNormBenchmarks : KernelBenchmarks
{
    private const float Epsilon = 1e-8f;

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Rows(5_128, 1_024), Rows(128 * 36 * 64, 64)];

    private static KernelCase Rows(int rows, int channels) => new(
        $"PixelNorm [{rows}, {channels}]", [[rows, channels]], [rows, channels],
        inputs => PixelNorm.Forward(inputs[0], Epsilon),
        (inputs, index) =>
        {
            ReadOnlySpan<float> row = inputs[0].AsSpan((int)(index / channels * channels), channels);
            double squareSum = 0;
            foreach (float value in row) squareSum += (double)value * value;
            return inputs[0][index] / Math.Sqrt((squareSum / channels) + Epsilon);
        });
}
