using GenKernels.Autograd;
using GenKernels.Kernels.Filtering.Design;

namespace GenKernels.Tests.Autograd.Augmentation;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class ClipWarpTests(Device device)
{
    private const int Height = 9;
    private const int Width = 11;

    /// <summary>The wavelet's shifts are orthogonal: downsampling restores exactly what was upsampled.</summary>
    [Test]
    public void WholePixelsMoveAndReflectAtTheEdges()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([3, 2, Height, Width, 2], seed: 1, device));
        (int X, int Y)[] moves = [(0, 0), (3, -2), (-1, 4)];
        Variable y = x.WarpClips([.. moves.Select(move => PlaneMap.Move(move.X, move.Y))], Wavelet());
        double[] values = x.Value.ToDoubles();
        double[] expected = new double[values.Length];
        for (int index = 0; index < values.Length; index++)
        {
            (int c, int w, int h, int frame) =
                (index % 2, index / 2 % Width, index / 2 / Width % Height, index / 2 / Width / Height);
            (int row, int column) = (Reflect(h + moves[frame / 2].Y, Height), Reflect(w + moves[frame / 2].X, Width));
            expected[index] = values[(((((frame * Height) + row) * Width) + column) * 2) + c];
        }

        Assert.That(y.Shape, Is.EqualTo(x.Shape));
        Assert.That(y.Value.ToDoubles(), Is.EqualTo(expected).Within(2e-5));  // four filters and a sampling round
    }

    [Test]
    public void ASmoothPictureIsReadBetweenItsPixels()
    {
        using TensorScope scope = device.Scope();
        PlaneMap map = PlaneMap.Turn(0.1) * PlaneMap.Move(0.3, -0.2);
        double[] values = [.. Enumerable.Range(0, 20 * 20).Select(place =>
            Wave((place % 20) - 9.5, (place / 20) - 9.5))];
        Variable x = new(TestTensors.From(values, [1, 1, 20, 20, 1], device, ElementType.Float32));
        double[] actual = x.WarpClips([map], Wavelet()).Value.ToDoubles();
        for (int place = 0; place < values.Length; place++)
        {
            (double column, double row) = ((place % 20) - 9.5, (place / 20) - 9.5);
            if (Math.Max(Math.Abs(column), Math.Abs(row)) > 6) continue;  // skips pixels read from reflections
            (double sourceX, double sourceY) = map.Of(column, row);
            double wave = Wave(sourceX, sourceY);
            Assert.That(actual[place], Is.EqualTo(wave).Within(0.02), $"({column}, {row})");  // interpolation
        }
    }

    [Test]
    public void TheMarginIsWhatTheCornersAndTheFiltersReach()
    {
        ImagePadding still = ClipWarpOperation.Margin([PlaneMap.Identity], 18, 32, 3);
        ImagePadding moved = ClipWarpOperation.Margin([PlaneMap.Move(-2, 1.5), PlaneMap.Identity], 18, 32, 3);
        ImagePadding huge = ClipWarpOperation.Margin([PlaneMap.Stretch(9, 9)], 18, 32, 3);
        Assert.That(
            (still, moved, huge),
            Is.EqualTo((ImagePadding.Around(6), new ImagePadding(8, 6, 6, 8), new ImagePadding(31, 31, 17, 17))));
    }

    [Test]
    public void RefusesAMapTooMany()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([1, 2, 3, 3, 1], seed: 1, device));
        Assert.That(
            () => x.WarpClips([PlaneMap.Identity, PlaneMap.Identity], Wavelet()),
            Throws.TypeOf<ShapeException>().With.Message.Contains("1 maps are needed, one a clip, got 2"));
    }

    [Test]
    public void RefusesPictures()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([1, 3, 3, 1], seed: 1, device));
        Assert.That(
            () => x.WarpClips([PlaneMap.Identity], Wavelet()),
            Throws.TypeOf<ShapeException>().With.Message.Contains("must have rank 5, got shape [1, 3, 3, 1]"));
    }

    private static int Reflect(int index, int size) =>
        index < 0 ? -index : index >= size ? (2 * (size - 1)) - index : index;

    private static double Wave(double x, double y) => Math.Sin((0.3 * x) + (0.2 * y)) + Math.Cos(0.25 * y);

    private Tensor Wavelet() =>
        Tensor.From(Array.ConvertAll(Symlet.Lowpass(), tap => (float)tap), [12], device);
}
