using GenKernels.Kernels.Movement;
using GenKernels.Kernels.Vision;

namespace GenKernels.Autograd;

/// <summary>Warps clips by affine maps of the plane, one map for all frames of a clip.</summary>
/// <remarks>
/// Source: Karras et al. 2020, Training Generative Adversarial Networks with Limited Data, appendix B.2 and figure 12.
/// </remarks>
public static class ClipWarpOperation
{
    private const int Rate = 2;

    // In pixels: a margin too short by less changes results by no more than rounding does.
    private const double Rounding = 1e-6;

    /// <summary>
    /// Pads the frames by reflection as far as the maps reach, upsamples by 2, samples where the maps point, and
    /// downsamples again, which avoids both aliasing and blur. Differentiable to any order with respect to the clips.
    /// </summary>
    /// <param name="x">Clips, <c>[N, T, H, W, C]</c>, floats.</param>
    /// <param name="sources">For each clip, the map from a pixel of the result to where it is sampled.</param>
    /// <param name="lowpass">An even number of taps that sum to 1, <c>[K]</c>, 32-bit floats.</param>
    /// <returns>Clips of the shape of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">
    /// The clips have another rank or no pixels, or the number of maps is not that of the clips.
    /// </exception>
    public static Variable WarpClips(this Variable x, IReadOnlyList<PlaneMap> sources, Tensor lowpass)
    {
        Require.Rank(x.Value, 5);
        Require.Rank(lowpass, 1);
        (int n, int t, int h, int w, int c) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], x.Shape[4]);
        Require.That(sources.Count == n, $"{n} maps are needed, one a clip, got {sources.Count}");
        Require.That(h > 0 && w > 0, $"there is no pixel in {x.Shape}");
        if (n == 0) return x;

        // The frames of a clip become channels of one picture: they share one grid, and contiguous runs in memory are
        // longer.
        int reach = lowpass.Shape[0] / 4;
        ImagePadding margin = Margin(sources, h, w, reach);
        Variable pictures = x.Permute(0, 2, 3, 1, 4).Reshape([n, h, w, t * c])
            .Pad(2, margin.Left, margin.Right, Border.Reflect)
            .Pad(1, margin.Top, margin.Bottom, Border.Reflect)
            .Upsample(2, lowpass, Rate).Upsample(1, lowpass, Rate);
        (int rows, int columns) = ((h + (2 * reach)) * Rate, (w + (2 * reach)) * Rate);
        Variable grid = new(Map(sources, margin, pictures, rows, columns));
        Variable y = pictures.GridSample(grid.AffineGrid(rows, columns))
            .Downsample(1, lowpass, Rate, -Rate * reach, flip: true)
            .Downsample(2, lowpass, Rate, -Rate * reach, flip: true);
        return y.Reshape([n, h, w, t, c]).Permute(0, 3, 1, 2, 4);
    }

    /// <param name="sources">As for <see cref="WarpClips"/>.</param>
    /// <param name="height">Rows of the frames.</param>
    /// <param name="width">Columns of the frames.</param>
    /// <param name="reach">The reach of the filters in pixels.</param>
    /// <returns>
    /// The reflection padding in pixels that each edge needs for the corners of all results to lie within the frames;
    /// at most the frame's size minus one.
    /// </returns>
    public static ImagePadding Margin(IReadOnlyList<PlaneMap> sources, int height, int width, int reach)
    {
        (double x, double y) = ((width - 1) / 2.0, (height - 1) / 2.0);
        (double Left, double Right, double Top, double Bottom) beyond = (0, 0, 0, 0);
        foreach (PlaneMap map in sources)
        {
            foreach ((double X, double Y) in new[] { map.Of(-x, -y), map.Of(x, -y), map.Of(x, y), map.Of(-x, y) })
            {
                beyond.Left = Math.Max(beyond.Left, (2 * reach) - x - X);
                beyond.Right = Math.Max(beyond.Right, (2 * reach) - x + X);
                beyond.Top = Math.Max(beyond.Top, (2 * reach) - y - Y);
                beyond.Bottom = Math.Max(beyond.Bottom, (2 * reach) - y + Y);
            }
        }

        int Whole(double count, int size) => (int)Math.Ceiling(Math.Min(count, size - 1) - Rounding);
        return new ImagePadding(
            Whole(beyond.Left, width), Whole(beyond.Right, width),
            Whole(beyond.Top, height), Whole(beyond.Bottom, height));
    }

    /// <summary>
    /// The maps between the upsampled pictures, whose centre the margins have moved, in coordinates from -1 to 1 on
    /// both sides.
    /// </summary>
    private static Tensor Map(
        IReadOnlyList<PlaneMap> sources, ImagePadding margin, Variable pictures, int rows, int columns)
    {
        PlaneMap toPictures = PlaneMap.Stretch(2.0 / pictures.Shape[2], 2.0 / pictures.Shape[1]);
        PlaneMap middle = PlaneMap.Move((margin.Left - margin.Right) / 2.0, (margin.Top - margin.Bottom) / 2.0);
        List<double> numbers = [];
        foreach (PlaneMap source in sources)
        {
            PlaneMap map = toPictures * PlaneMap.Move(-0.5, -0.5) * PlaneMap.Stretch(Rate, Rate) * middle * source
                * PlaneMap.Stretch(1.0 / Rate, 1.0 / Rate) * PlaneMap.Move(0.5, 0.5)
                * PlaneMap.Stretch(columns / 2.0, rows / 2.0);
            numbers.AddRange([map.XX, map.XY, map.X, map.YX, map.YY, map.Y]);
        }

        Shape shape = [sources.Count, 2, 3];
        return GridSample.GridType(pictures.Type) == ElementType.Float64
            ? Tensor.From([.. numbers], shape, pictures.Device)
            : Tensor.From([.. numbers.Select(number => (float)number)], shape, pictures.Device);
    }
}
