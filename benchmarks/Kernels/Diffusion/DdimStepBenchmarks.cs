using GenKernels.Kernels.Diffusion;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Diffusion;

/// <summary>Latents of one picture of 512 x 512 pixels, and of 256.</summary>
public class DdimStepBenchmarks : KernelBenchmarks
{
    private static readonly float[] s_row = DdimSchedule.For(0.3, 0.4, 1);
    private static readonly DeviceConstant<float> s_schedule = new(s_row);

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Step([1, 64, 64, 4]), Step([256, 64, 64, 4])];

    private static KernelCase Step(Shape shape) => new(
        $"DdimStep {shape}", [shape, shape, shape], shape,
        inputs => DdimStep.Forward(inputs[0], inputs[1], inputs[2], s_schedule.Value),
        (inputs, index) =>
        {
            double clean = (inputs[0][index] - (s_row[1] * inputs[1][index])) / s_row[0];
            return (s_row[2] * clean) + (s_row[3] * inputs[1][index]) + (s_row[4] * inputs[2][index]);
        });
}
