using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.Elementwise;

namespace GenKernels.Autograd;

/// <content>The family <c>Convolution</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Convolution()
    {
        ConvolutionOptions plain = ConvolutionOptions.Default;
        ConvolutionOptions padded = ConvolutionOptions.Padded(Triple.One);
        ConvolutionOptions strided = new(new(2, 1, 3), new(0, 1, 2), new(1, 0, 1), new(1, 2, 1), Groups: 2);
        return
        [
            new("Convolution", [[2, 3, 4, 5, 3], [4, 3, 3, 3, 3]], x => x[0].Convolution(x[1], padded)),
            new("Convolution of one row", [[2, 1, 1, 9, 3], [4, 1, 1, 3, 3]], x => x[0].Convolution(x[1], plain)),
            new("Convolution with one tap", [[2, 2, 3, 5, 7], [4, 1, 1, 1, 7]], x => x[0].Convolution(x[1], plain)),
            new("Convolution with stride, gaps, groups", [[1, 5, 6, 8, 4], [6, 2, 2, 3, 2]], x =>
                x[0].Convolution(x[1], strided)),
            new("Convolution cropped", [[1, 1, 6, 6, 2], [2, 1, 3, 3, 2]], x => x[0].Convolution(
                x[1], ConvolutionOptions.Default with { Before = new(0, -1, 1), After = new(0, 1, -1) })),
            new("Convolution of more than one tile", [[1, 1, 9, 8, 3], [66, 1, 3, 3, 3]], x =>
                x[0].Convolution(x[1], ConvolutionOptions.Padded(new(0, 1, 1)))),
            new("Convolution with a residual", [[2, 2, 4, 3, 5], [4, 3, 3, 3, 5], [2, 2, 4, 3, 4]], x =>
                x[0].Convolution(x[1], padded, residual: x[2])),
            new("Convolution with bias and activation", [[2, 2, 4, 3, 5], [4, 3, 3, 3, 5], [4]], x =>
                x[0].Convolution(x[1], padded, x[2], new(Activation.LeakyRelu, 1.7f, 6f))),
            new("Convolution with an activation that bends", [[2, 1, 4, 3, 5], [4, 1, 3, 3, 5], [4]], x =>
                x[0].Convolution(x[1], ConvolutionOptions.Padded(new(0, 1, 1)), x[2], new(Activation.Swish, 1.7f))),
            new("Convolution transposed", [[1, 1, 3, 4, 4], [4, 1, 3, 3, 2]], x => x[0].ConvolutionDataGradient(
                x[1], [1, 1, 5, 7, 2], ConvolutionOptions.Padded(new(0, 1, 1)) with { Stride = new(1, 2, 2) })),
            new("Convolution's weight gradient", [[2, 3, 4, 5, 3], [2, 3, 4, 5, 4]], x =>
                x[0].ConvolutionWeightGradient(x[1], [4, 3, 3, 3, 3], padded)),
            new("ScaledConvolution", [[2, 2, 4, 3, 5], [4, 3, 3, 3, 5], [2, 1, 5], [2, 2, 4], [4]], x =>
                x[0].ScaledConvolution(x[1], x[2], padded, x[3], noise: null, x[4]), Positive: true),
            new("ScaledConvolution, composed", [[2, 2, 4, 3, 5], [4, 3, 3, 3, 5], [2, 1, 5], [2, 2, 4], [4]], x =>
                x[0].ScaledConvolutionComposed(x[1], x[2], padded, x[3], noise: null, x[4]), Positive: true),
            new("TemporalModulatedConvolution", [[2, 3, 4, 3, 5], [4, 3, 3, 3, 5], [2, 3, 5]], x =>
                x[0].TemporalModulatedConvolution(x[1], x[2], null, Triple.One)),
            new("TemporalModulatedConvolution, rectified", [[2, 3, 4, 3, 5], [4, 3, 3, 3, 5], [2, 3, 5], [], [4]], x =>
                x[0].TemporalModulatedConvolution(
                    x[1], x[2], x[3], Triple.One, outputGain: 0.7f, bias: x[4],
                    options: BiasActivationOptions.For(Activation.LeakyRelu, clamp: 20))),
            new("TemporalModulatedConvolution, composed", [[2, 3, 4, 3, 5], [4, 3, 3, 3, 5], [2, 3, 5], []], x =>
                x[0].TemporalModulatedConvolutionComposed(x[1], x[2], x[3], Triple.One)),
            new("TemporalModulatedConvolution with gain", [[2, 3, 2, 3, 5], [3, 1, 1, 1, 5], [2, 3, 5], []], x =>
                x[0].TemporalModulatedConvolution(x[1], x[2], x[3], default, demodulate: false)),
            new("TemporalModulatedConvolution with what follows", [[2, 2, 6, 8, 8], [16, 3, 3, 3, 8], [2, 2, 8], [16]],
                x => x[0].TemporalModulatedConvolution(
                    x[1], x[2], null, Triple.One, outputGain: 0.7f, bias: x[3],
                    options: BiasActivationOptions.For(Activation.Swish, clamp: 20))),
            new("Convolution of nothing", [[0, 3, 4, 5, 3], [4, 3, 3, 3, 3]], x => x[0].Convolution(x[1], padded)),
            .. ResampledConvolution(),
            .. ModulatedConvolution(),
        ];
    }

    private static OpSample[] ResampledConvolution()
    {
        ImagePadding around = ImagePadding.Around(1);
        OpSample Sample(string name, Shape x, Shape w, int tapCount, ResampledConvolutionOptions options) => new(
            $"ResampledConvolution {name}", [x, w],
            v => v[0].ResampledConvolution(v[1], Square(v[0], tapCount), options));
        return
        [
            Sample("up", [2, 3, 4, 2], [3, 3, 3, 2], 4, new(Up: 2, Padding: around, IsTurned: true)),
            Sample("up in groups", [1, 3, 2, 4], [6, 3, 3, 2], 4, new(Up: 2, Padding: around, Groups: 2)),
            Sample("up with one tap", [1, 3, 4, 2], [3, 1, 1, 2], 4, new(Up: 2)),
            Sample("down", [1, 6, 4, 2], [3, 3, 3, 2], 4, new(Down: 2, Padding: around)),
            Sample("down with one tap", [2, 6, 5, 2], [3, 1, 1, 2], 4, new(Down: 2)),
            Sample("up and down", [1, 4, 3, 2], [2, 3, 3, 2], 4, new(2, 2, around)),
            Sample("up by three, cropped", [1, 3, 3, 2], [2, 2, 3, 2], 5, new(3, 1, new(-1, 2, 0, -2))),
            Sample("up of nothing", [0, 3, 4, 2], [3, 3, 3, 2], 4, new(Up: 2, Padding: around)),
            Sample("without resampling", [1, 5, 4, 2], [3, 2, 3, 2], 1, new(Padding: new(2, 0, 1, -1), IsTurned: true)),
            new("ResampledConvolution of separable taps", [[1, 4, 3, 2], [2, 3, 3, 2]], x =>
                x[0].ResampledConvolution(x[1], Taps(x[0], 4), new(Up: 2, Padding: around))),
        ];
    }

    private static OpSample[] ModulatedConvolution()
    {
        Shape[] shapes = [[2, 3, 4, 3], [4, 3, 3, 3], [2, 3]];
        ImagePadding around = ImagePadding.Around(1);
        return
        [
            new("ModulatedConvolution", shapes, x => x[0].ModulatedConvolution(
                x[1], x[2], null, new(Padding: around))),
            new("ModulatedConvolution up with noise", [.. shapes, [2, 6, 8, 1]], x => x[0].ModulatedConvolution(
                x[1], x[2], Square(x[0], 4), new(Up: 2, Padding: around, IsTurned: true), noise: x[3])),
            new("ModulatedConvolution of one tap", [[2, 3, 4, 3], [4, 1, 1, 3], [2, 3]], x =>
                x[0].ModulatedConvolution(x[1], x[2], null, ResampledConvolutionOptions.Default, demodulate: false)),
            new("NormalizedModulatedConvolution", shapes, x => x[0].NormalizedModulatedConvolution(
                x[1], x[2], null, ImagePadding.Around(2))),
            new("NormalizedModulatedConvolution with gains", [.. shapes, [3]], x =>
                x[0].NormalizedModulatedConvolution(x[1], x[2], x[3], default)),
        ];
    }

    /// <summary>A 2-D filter without any symmetry.</summary>
    private static Tensor Square(Variable x, int size) => Taps(x, size * size).View([size, size]);
}
