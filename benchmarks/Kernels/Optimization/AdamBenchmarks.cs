using GenKernels.Kernels.Optimization;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Optimization;

/// <summary>
/// A step over all parameters of the small and the thesis's generator, the latter with its moving average.
/// </summary>
public class AdamBenchmarks : KernelBenchmarks
{
    // β2 = 0 drops the old second moment: the inputs have random signs, but a second moment must not be negative. The
    // work is the same.
    private static readonly AdamOptions s_options = new(Beta1: 0.5, Beta2: 0, Epsilon: 1e-3);
    private static readonly float[] s_schedule = AdamSchedule.For(s_options, 7, 0.003, 1, 0.001);
    private static readonly DeviceConstant<float> s_scheduleOnDevice = new(s_schedule);

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
        [Step(2_000_000, hasAverage: false), Step(32_000_000, hasAverage: true)];

    /// <summary>
    /// Inputs are gradient, parameter, both moments and the average; all but the gradient are also written.
    /// </summary>
    private static KernelCase Step(int count, bool hasAverage)
    {
        Shape[] inputs = [.. Enumerable.Repeat(Shape.Create([count]), hasAverage ? 5 : 4)];
        return new KernelCase(
            $"Adam [{count}]{(hasAverage ? " and average" : "")}", inputs, [count],
            tensors =>
            {
                Tensor? average = hasAverage ? tensors[4] : null;
                Adam.Step(s_options, s_scheduleOnDevice.Value, tensors[0], tensors[1], tensors[2], tensors[3], average);
                return tensors[1].View([count]);
            },
            (values, index) =>
            {
                double gradient = values[0][index];
                double moment = values[2][index] + ((1 - s_options.Beta1) * (gradient - values[2][index]));
                double root = Math.Abs(gradient) / s_schedule[1];
                return values[1][index] - (s_schedule[0] * moment / (root + s_options.Epsilon));
            }) { Bytes = ((2 * inputs.Length) - 1L) * count * sizeof(float) };
    }
}
