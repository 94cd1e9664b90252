using GenKernels.Kernels.Diffusion;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Diffusion;

/// <summary>Guidance with two conditions, for latents of one picture of 512 x 512 pixels, and of 256.</summary>
public class GuidanceBenchmarks : KernelBenchmarks
{
    private const float TextScale = 7.5f;
    private const float ImageScale = 1.5f;
    private static readonly DeviceConstant<float> s_scale = new(TextScale, ImageScale);

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Join([1, 64, 64, 4]), Join([256, 64, 64, 4])];

    private static KernelCase Join(Shape shape) => new(
        $"Guidance {shape}", [[3, .. shape]], shape,
        inputs => Guidance.Forward(inputs[0], s_scale.Value),
        (inputs, index) =>
        {
            double both = inputs[0][index];
            double image = inputs[0][index + shape.ElementCount];
            double none = inputs[0][index + (2 * shape.ElementCount)];
            return none + (TextScale * (both - image)) + (ImageScale * (image - none));
        });
}
