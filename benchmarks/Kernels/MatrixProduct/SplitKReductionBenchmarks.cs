using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.MatrixProduct;

/// <summary>The epilogue of a convolution with one tap and few channels, so that the epilogue is most of the
/// work.</summary>
public class SplitKReductionBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Finished([1, 64, 36, 64, 4], 64)];

    private static KernelCase Finished(Shape x, int outputs)
    {
        Shape y = x.With(4, outputs);
        BiasActivationOptions options = BiasActivationOptions.For(Activation.LeakyRelu, clamp: 256);
        return new KernelCase(
            $"{x} to {outputs} channels, bias, rectifier, residual", [x, [outputs, 1, 1, 1, x[4]], [outputs], y], y,
            inputs => GenKernels.Kernels.Convolution.Convolution.Forward(
                inputs[0], inputs[1], ConvolutionOptions.Default, new ProductEpilogue(inputs[2], options, inputs[3])),
            (inputs, index) =>
            {
                (long row, long column) = (index / outputs, index % outputs);
                double sum = inputs[2][column];
                for (int c = 0; c < x[4]; c++)
                {
                    sum += (double)inputs[0][(row * x[4]) + c] * inputs[1][(column * x[4]) + c];
                }

                return (options.Gain * (sum > 0 ? sum : options.Slope * sum)) + inputs[3][index];
            });
    }
}
