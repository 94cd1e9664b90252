using GenKernels.Kernels.Convolution;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Convolution;

/// <summary>
/// Squares, largest magnitudes and 16-bit copies of weights and styles of the thesis's generator; and the gradient of
/// weights.
/// </summary>
public class ModulationEnergyBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
        [Energy([512, 27, 512]), Energy([64, 9, 64]), Energy([1, 1, 80 * 512]), Gradient([512, 27, 512])];

    private static KernelCase Energy(Shape shape) => new(
        $"ModulationEnergy {shape}", [shape], [shape[0], shape[2]],
        inputs =>
        {
            (Tensor energy, Tensor largest, Tensor copy) =
                ModulationEnergy.Forward(inputs[0], null, ElementType.BFloat16, root: 0);
            largest.Dispose();
            copy.Dispose();
            return energy;
        },
        (inputs, index) =>
        {
            (long group, long channel) = (index / shape[2], index % shape[2]);
            return Enumerable.Range(0, shape[1]).Sum(
                tap => Math.Pow(inputs[0][(((group * shape[1]) + tap) * shape[2]) + channel], 2));
        })
    {
        Bytes = shape.ElementCount * (sizeof(float) + sizeof(ushort)),
    };

    /// <summary>
    /// The inputs are weights, gradients of copy and energy, and the magnitudes and gradients of variances of one clip.
    /// Magnitudes are arbitrary, so that no weight is the largest.
    /// </summary>
    private static KernelCase Gradient(Shape shape) => new(
        $"gradient of ModulationEnergy {shape}",
        [shape, shape, [shape[0], shape[2]], [shape[0]], [1], [1, shape[0]]], shape,
        inputs => ModulationEnergy.Backward(
            inputs[0], null, root: 0, inputs[1], inputs[2], inputs[3], inputs[4], inputs[5], isTransposed: true,
            epsilon: 1e-4f),
        (inputs, index) =>
        {
            long energy = (index / (shape[1] * shape[2]) * shape[2]) + (index % shape[2]);
            return inputs[1][index] + (2 * inputs[0][index] * inputs[2][energy]);
        });
}
