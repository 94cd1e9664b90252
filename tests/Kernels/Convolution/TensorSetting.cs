using GenKernels.Kernels.Convolution;

namespace GenKernels.Tests.Kernels.Convolution;

/// <summary>Convolutions whose channels are whole chunks, as tensor cores require: small, and around every
/// edge.</summary>
internal static class TensorSetting
{
    private static readonly ConvolutionOptions s_padded = ConvolutionOptions.Padded(Triple.One);
    private static readonly ConvolutionOptions s_plain = ConvolutionOptions.Default;

    /// <summary>All of them.</summary>
    internal static ConvolutionSetting[] All =>
    [
        new("one row", [2, 1, 1, 9, 8], [16, 1, 1, 3, 8], s_plain),
        new("rows and columns", [2, 1, 5, 6, 24], [8, 1, 3, 3, 24], ConvolutionOptions.Padded(new(0, 1, 1))),
        new("padded", [2, 3, 4, 5, 8], [8, 3, 3, 3, 8], s_padded),
        new("one tap", [2, 2, 3, 5, 40], [24, 1, 1, 1, 40], s_plain),
        new("more than a tile each way", [1, 1, 9, 8, 16], [72, 1, 3, 3, 16], ConvolutionOptions.Padded(new(0, 1, 1))),
        new("strides", [1, 5, 6, 8, 8], [8, 3, 3, 3, 8], s_padded with { Stride = new(2, 3, 2) }),
        new(
            "strides that leave elements over", [1, 4, 7, 6, 8], [8, 2, 2, 2, 8],
            s_plain with { Stride = new(3, 4, 5) }),
        new("dilation, another padding on either side", [1, 5, 6, 9, 16], [8, 2, 3, 2, 16],
            new(Triple.One, new(2, 1, 0), new(0, 1, 3), new(3, 2, 4), 1)),
        new("cropped, with strides", [2, 1, 9, 9, 8], [16, 1, 3, 3, 8],
            s_plain with { Stride = new(1, 2, 3), Before = new(0, -2, -1), After = new(0, 1, -2) }),
        new("strides and dilation of a common factor", [1, 5, 9, 7, 8], [16, 2, 3, 3, 8], new(
            new(1, 2, 3), new(0, 2, 1), new(0, 1, 4), new(1, 2, 3), 1)),
        new("strides of three, odd sizes", [2, 7, 5, 11, 8], [8, 3, 2, 3, 8], new(
            new(3, 1, 2), new(2, 0, 1), new(0, 1, 1), new(2, 1, 1), 1)),
        new("strides, more than a tile each way", [2, 1, 33, 21, 72], [64, 1, 3, 3, 72], new(
            new(1, 2, 2), new(0, 1, 1), new(0, 1, 1), Triple.One, 1)),
    ];
}
