using GenKernels.Kernels.Diffusion;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Diffusion;

/// <summary>Latents of one picture of 512 x 512 pixels, and of 256.</summary>
public class EulerAncestralStepBenchmarks : KernelBenchmarks
{
    private static readonly float[] s_row = EulerAncestralSchedule.For(5, 3);
    private static readonly DeviceConstant<float> s_schedule = new(s_row);

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Step([1, 64, 64, 4]), Step([256, 64, 64, 4])];

    private static KernelCase Step(Shape shape) => new(
        $"EulerAncestralStep {shape}", [shape, shape, shape], shape,
        inputs => EulerAncestralStep.Forward(inputs[0], inputs[1], inputs[2], s_schedule.Value),
        (inputs, index) =>
        {
            double slope = (inputs[0][index] - inputs[1][index]) / s_row[0];
            return inputs[0][index] + (slope * (s_row[1] - s_row[0])) + (s_row[2] * inputs[2][index]);
        });
}
