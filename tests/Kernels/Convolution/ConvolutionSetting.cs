using GenKernels.Kernels.Convolution;

namespace GenKernels.Tests.Kernels.Convolution;

/// <summary>Shapes and options that convolutions are tested with, and the formula as seven loops.</summary>
/// <param name="Name">What the setting covers.</param>
/// <param name="X">Activations, <c>[N, T, H, W, C]</c>.</param>
/// <param name="W">Weights, <c>[O, kT, kH, kW, C / groups]</c>.</param>
/// <param name="Options">Stride, padding, dilation, groups.</param>
public sealed record ConvolutionSetting(string Name, Shape X, Shape W, ConvolutionOptions Options)
{
    private static readonly ConvolutionOptions s_padded = ConvolutionOptions.Padded(Triple.One);
    private static readonly ConvolutionOptions s_plain = ConvolutionOptions.Default;

    /// <summary>All of them, small ones first.</summary>
    public static ConvolutionSetting[] All =>
    [
        new("padded", [2, 3, 4, 5, 3], [4, 3, 3, 3, 3], s_padded),
        new("one row", [2, 1, 1, 9, 3], [4, 1, 1, 3, 3], s_plain),
        new("one tap", [2, 2, 3, 5, 7], [4, 1, 1, 1, 7], s_plain),
        new("one tap, padded", [1, 1, 3, 4, 2], [3, 1, 1, 1, 2], s_padded),
        new("one element", [1, 1, 1, 1, 1], [1, 1, 1, 1, 1], s_plain),
        new("strides", [1, 5, 6, 8, 3], [5, 3, 3, 3, 3], s_padded with { Stride = new(2, 3, 2) }),
        new(
            "strides that leave elements over", [1, 4, 7, 6, 2], [2, 1, 2, 2, 2],
            s_plain with { Stride = new(3, 4, 5) }),
        new("strides and dilation of a common factor", [1, 5, 9, 7, 3], [2, 2, 3, 3, 3], new(
            new(1, 2, 3), new(0, 2, 1), new(0, 1, 4), new(1, 2, 3), 1)),
        new("strides of three, odd sizes", [2, 7, 5, 11, 2], [3, 3, 2, 3, 2], new(
            new(3, 1, 2), new(2, 0, 1), new(0, 1, 1), new(2, 1, 1), 1)),
        new("dilation", [1, 5, 6, 9, 2], [3, 2, 3, 2, 2], s_plain with { Dilation = new(3, 2, 4) }),
        new("groups", [1, 2, 5, 6, 6], [4, 1, 3, 3, 3], s_plain with { Groups = 2 }),
        new("a group a channel", [1, 2, 5, 6, 4], [8, 1, 3, 3, 1], s_padded with { Groups = 4 }),
        new("all at once", [2, 5, 6, 8, 4], [6, 2, 2, 3, 2], new(
            new(2, 1, 3), new(0, 1, 2), new(1, 0, 1), new(1, 2, 1), 2)),
        new("more before than after", [1, 3, 4, 4, 2], [2, 3, 2, 3, 2], s_plain with { Before = new(2, 1, 2) }),
        new("more after than before", [1, 3, 4, 4, 2], [2, 3, 2, 3, 2], s_plain with { After = new(2, 1, 3) }),
        new(
            "cropped", [1, 4, 6, 6, 2], [2, 1, 3, 3, 2],
            s_plain with { Before = new(-1, -1, 1), After = new(-2, 1, -1) }),
        new("cropped, with strides", [1, 1, 9, 9, 2], [2, 1, 3, 3, 2],
            s_plain with { Stride = new(1, 2, 3), Before = new(0, -2, -1), After = new(0, 1, -2) }),
        new("narrow", [2, 5, 6, 3, 4], [6, 2, 2, 2, 2], new(new(2, 1, 2), new(0, 1, 1), new(1, 0, 1), new(1, 2, 1), 2)),
        new("narrow, with dilation", [1, 4, 5, 3, 2], [2, 2, 2, 2, 2], s_plain with { Dilation = new(2, 1, 2) }),
        new("no outputs", [1, 1, 2, 4, 2], [2, 1, 3, 3, 2], s_plain),
        new("no clips", [0, 3, 4, 5, 3], [4, 3, 3, 3, 3], s_padded),
        new(
            "more rows and channels than a tile", [1, 1, 20, 30, 2], [66, 1, 3, 3, 2],
            s_padded with { Before = default, After = default }),
        new("columns", [2, 3, 5, 16, 8], [8, 3, 3, 3, 8], s_padded),
        new("more columns", [1, 2, 4, 48, 20], [24, 1, 3, 3, 20],
            s_padded with { Before = new(0, 1, 1), After = new(0, 1, 1) }),
        new("columns, with dilation and strides", [1, 5, 6, 18, 5], [3, 2, 2, 2, 5],
            new(new(2, 2, 1), new(0, 1, 3), new(1, 0, -3), new(1, 2, 2), 1)),
        new("columns, cropped", [1, 1, 4, 20, 17], [13, 1, 1, 3, 17],
            s_plain with { Before = new(0, 0, -1), After = new(0, 0, -1) }),
        new("tiles", [2, 3, 4, 6, 16], [32, 3, 3, 3, 16], s_padded),
        new("tiles with odd edges", [1, 2, 5, 7, 32], [48, 1, 3, 3, 32], s_plain),
        new("tiles, with another padding on either side", [1, 3, 4, 5, 16], [16, 2, 3, 3, 16],
            new(Triple.One, new(2, 3, 0), new(0, 1, 4), Triple.One, 1)),
        new("tiles, cropped", [1, 4, 6, 6, 16], [16, 1, 3, 3, 16],
            s_plain with { Before = new(-1, -1, 1), After = new(-2, 1, -1) }),
        new("tiles in blocks of frames", [1, 17, 3, 49, 16], [16, 5, 3, 3, 16],
            s_padded with { Before = new(2, 1, 1), After = new(2, 1, 1) }),
        new("tiles in blocks of lines", [1, 2, 70, 33, 16], [16, 1, 3, 3, 16],
            s_padded with { Before = new(0, 1, 1), After = new(0, 1, 1) }),
        new("tiles in blocks of channels", [1, 2, 2, 3, 272], [144, 1, 3, 3, 272],
            s_padded with { Before = new(0, 1, 1), After = new(0, 1, 1) }),
        new("tiles in blocks of channels, with many rows", [1, 4, 7, 9, 150], [137, 1, 3, 3, 150],
            s_padded with { Before = new(0, 1, 1), After = new(0, 1, 1) }),
        new("tiles of channels that fill no vector", [2, 3, 4, 6, 13], [21, 3, 3, 3, 13], s_padded),
        new("tall tiles of channels that fill no vector", [1, 3, 5, 8, 37], [12, 2, 3, 3, 37],
            s_padded with { Before = new(1, 1, 1), After = new(0, 1, 1) }),
        new("tall tiles", [2, 3, 5, 8, 16], [32, 3, 3, 3, 16], s_padded),
        new("tall tiles and a row more", [1, 2, 8, 7, 32], [48, 1, 3, 3, 32], s_plain),
        new("tall tiles, a row less", [1, 3, 9, 5, 16], [16, 1, 3, 3, 16],
            s_padded with { Before = new(0, 2, 0), After = default }),
        new("tall tiles in blocks of frames", [1, 17, 10, 17, 16], [16, 2, 3, 3, 16],
            s_padded with { Before = new(1, 1, 1), After = new(0, 1, 1) }),
        new("deep", [1, 3, 4, 5, 400], [3, 3, 3, 3, 400], s_padded),
        new("deep, in groups", [1, 2, 4, 3, 600], [4, 2, 3, 2, 300], s_plain with { Groups = 2 }),
        new(
            "many narrow rows", [1, 8, 40, 3, 2], [3, 1, 3, 3, 2],
            s_padded with { Before = new(0, 1, 1), After = new(0, 1, 1) }),
        new(
            "many rows", [2, 1, 48, 66, 2], [3, 1, 3, 3, 2],
            s_padded with { Before = new(0, 1, 1), After = new(0, 1, 1) }),
    ];

    /// <summary>The shape of the result.</summary>
    public Shape Y => [X[0], Outputs(1, Options.Stride.T, Options.Before.T + Options.After.T, Options.Dilation.T),
        Outputs(2, Options.Stride.H, Options.Before.H + Options.After.H, Options.Dilation.H),
        Outputs(3, Options.Stride.W, Options.Before.W + Options.After.W, Options.Dilation.W), W[0]];

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Calls back for every product of the sum, with the indices of its factors and of the result: x, w,
    /// y.</summary>
    internal void ForEachProduct(Action<int, int, int> term)
    {
        Shape y = Y;
        for (int place = 0; place < (int)y.ElementCount; place++)
        {
            int o = place % y[4], w = place / y[4] % y[3], h = place / y[4] / y[3] % y[2];
            int t = place / y[4] / y[3] / y[2] % y[1], n = place / y[4] / y[3] / y[2] / y[1];
            for (int tap = 0; tap < (int)W.Product(1, 4); tap++)
            {
                int kw = tap % W[3], kh = tap / W[3] % W[2], kt = tap / W[3] / W[2];
                int st = (t * Options.Stride.T) - Options.Before.T + (kt * Options.Dilation.T);
                int sh = (h * Options.Stride.H) - Options.Before.H + (kh * Options.Dilation.H);
                int sw = (w * Options.Stride.W) - Options.Before.W + (kw * Options.Dilation.W);
                if (st < 0 || st >= X[1] || sh < 0 || sh >= X[2] || sw < 0 || sw >= X[3]) continue;
                int group = o / (W[0] / Options.Groups);
                int source = ((((((n * X[1]) + st) * X[2]) + sh) * X[3]) + sw) * X[4];
                int weight = ((o * (int)W.Product(1, 4)) + tap) * W[4];
                for (int c = 0; c < W[4]; c++) term(source + (group * W[4]) + c, weight + c, place);
            }
        }
    }

    private int Outputs(int axis, int stride, int padding, int dilation)
    {
        int room = X[axis] + padding - ((W[axis] - 1) * dilation) - 1;
        return room < 0 ? 0 : (room / stride) + 1;
    }
}
