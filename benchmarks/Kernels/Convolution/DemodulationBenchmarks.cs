using GenKernels.Kernels.Convolution;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Convolution;

/// <summary>
/// The factors of a convolution of the thesis's generator, and their gradient: one per frame and channel, so that the
/// launch takes longer than the bytes.
/// </summary>
public class DemodulationBenchmarks : KernelBenchmarks
{
    private const int Frames = 80, Outputs = 512;

    // With this fan-in the epsilon is 2, and the sums of it and inputs in [-1, 1] are positive.
    private static readonly DemodulationOptions s_options = new(200_000_000, ElementType.Float32);
    private static readonly DeviceConstant<float> s_weights = new([.. Enumerable.Repeat(1f, Outputs)]);
    private static readonly DeviceConstant<float> s_styles = new([1f]);

    private static Shape Size => [1, Frames, Outputs];

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        new($"Demodulation {Size}", [Size], Size,
            inputs => Demodulation.Forward(inputs[0], s_weights.Value, s_styles.Value, s_options, gain: 1),
            (inputs, index) => 1 / Math.Sqrt(inputs[0][index] + 2)),
        new($"gradient of Demodulation {Size}", [Size, Size, Size, [Outputs]], Size,
            inputs => Demodulation.Backward(
                inputs[0], s_weights.Value, s_styles.Value, inputs[1], inputs[2], inputs[3], s_options),
            (inputs, index) => ((inputs[3][index % Outputs] * inputs[2][index]) - inputs[1][index])
                / (2 * (inputs[0][index] + 2))),
    ];
}
