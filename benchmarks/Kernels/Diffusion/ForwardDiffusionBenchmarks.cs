using GenKernels.Kernels.Diffusion;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Diffusion;

/// <summary>Latents of a training batch, each at its own noise level; and of a larger one, to reach the memory
/// bound.</summary>
public class ForwardDiffusionBenchmarks : KernelBenchmarks
{
    private const int Levels = 64;
    private static readonly float[] s_signal = [.. Enumerable.Range(0, Levels).Select(t => MathF.Cos(t * 0.02f))];
    private static readonly float[] s_spread = [.. Enumerable.Range(0, Levels).Select(t => MathF.Sin(t * 0.02f))];
    private static readonly DeviceConstant<float> s_signalTable = new(s_signal);
    private static readonly DeviceConstant<float> s_spreadTable = new(s_spread);
    private static readonly DeviceConstant<int> s_fewLevels = new([.. Enumerable.Range(0, 32)]);
    private static readonly DeviceConstant<int> s_manyLevels = new([.. Enumerable.Range(0, 512).Select(LevelOf)]);

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
        [AddNoise([32, 32, 32, 4], s_fewLevels), AddNoise([512, 64, 64, 4], s_manyLevels)];

    private static int LevelOf(int sample) => sample % Levels;

    private static KernelCase AddNoise(Shape shape, DeviceConstant<int> levels) => new(
        $"ForwardDiffusion {shape}", [shape, shape], shape,
        inputs => ForwardDiffusion.Forward(
            inputs[0], inputs[1], levels.Value, s_signalTable.Value, s_spreadTable.Value),
        (inputs, index) =>
        {
            int level = LevelOf((int)(index / shape.Product(1, 4)));
            return (s_signal[level] * inputs[0][index]) + (s_spread[level] * inputs[1][index]);
        });
}
