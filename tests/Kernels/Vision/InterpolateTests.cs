using GenKernels.Autograd;
using GenKernels.Kernels.Vision;

namespace GenKernels.Tests.Kernels.Vision;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class InterpolateTests(Device device)
{
    private static readonly (int Height, int Width)[] s_sizes = [(1, 1), (4, 7), (5, 3), (8, 14), (9, 33), (2, 20)];

    [Test]
    public void ForwardMatchesTheFormula(
        [Values] FloatType type, [Values] InterpolateKind kind, [Values] InterpolateGrid grid)
    {
        using TensorScope scope = device.Scope();
        foreach (int channels in new[] { 1, 3, 65 })
        {
            Tensor x = TestTensors.Normal([2, 4, 7, channels], seed: channels, device, type.Element());
            foreach ((int height, int width) in s_sizes)
            {
                InterpolateOptions options = new(kind, height, width, grid);
                double[,] rows = Matrix(options, 4, height), columns = Matrix(options, 7, width);
                AssertProduct(Interpolate.Forward(x, options), x, rows, columns, $"{options} {channels}");
            }
        }
    }

    [Test]
    public void TheAdjointIsTheTransposedMatrix(
        [Values] FloatType type, [Values] InterpolateKind kind, [Values] InterpolateGrid grid)
    {
        using TensorScope scope = device.Scope();
        foreach ((int height, int width) in s_sizes)
        {
            InterpolateOptions options = new(kind, 4, 7, grid);
            Tensor g = TestTensors.Normal([2, 4, 7, 3], seed: 5, device, type.Element());
            double[,] rows = Transposed(Matrix(options, height, 4)), columns = Transposed(Matrix(options, width, 7));
            AssertProduct(Interpolate.Adjoint(g, height, width, options), g, rows, columns, $"{height}x{width}");
        }
    }

    [Test]
    public void ChannelsBeyondAChunkAreAllThere()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([1, 2, 3, 1500], seed: 4, device);
        InterpolateOptions options = new(InterpolateKind.Bicubic, 3, 5);
        AssertProduct(Interpolate.Forward(x, options), x, Matrix(options, 2, 3), Matrix(options, 3, 5), "long rows");
    }

    [Test]
    public void AWholeFactorRepeatsEveryPixel([Values(1, 2, 3)] int factor)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 3, 4, 5], seed: 2, device);
        Tensor y = new Variable(x).UpsampleNearest(factor).Value;
        float[] values = x.ToArray<float>(), actual = y.ToArray<float>();
        for (int index = 0; index < actual.Length; index++)
        {
            int column = index / 5 % (4 * factor) / factor, row = index / 5 / (4 * factor) % (3 * factor) / factor;
            int picture = index / 5 / (4 * factor) / (3 * factor);
            Assert.That(actual[index], Is.EqualTo(values[(((((picture * 3) + row) * 4) + column) * 5) + (index % 5)]));
        }
    }

    [Test]
    public void TheSameSizeChangesNothing([Values] InterpolateKind kind, [Values] InterpolateGrid grid)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([1, 5, 6, 3], seed: 6, device);
        Tensor y = Interpolate.Forward(x, new InterpolateOptions(kind, 5, 6, grid));
        Assert.That(y.ToDoubles(), Is.EqualTo(x.ToDoubles()).Within(Tolerance.For(x.Type)));
    }

    [Test]
    public void NoPicturesGiveNone()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([0, 5, 6, 3], seed: 6, device);
        InterpolateOptions options = new(InterpolateKind.Area, 2, 3);
        Assert.That(Interpolate.Forward(x, options).Shape, Is.EqualTo(Shape.Create([0, 2, 3, 3])));
    }

    [Test]
    public void RejectsWhatHasNoPixels()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 0, 3, 3], seed: 1, device);
        InterpolateOptions options = new(InterpolateKind.Area, 2, 3);
        Assert.That(
            () => Interpolate.Forward(x, options),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("Interpolate: there is no pixel in [2, 0, 3, 3]"));
        Assert.That(
            () => Interpolate.Adjoint(x, 2, 2, options),
            Throws.TypeOf<ShapeException>().With.Message.Contains("there is no pixel"));
    }

    [Test]
    public void RejectsASizeOfNothing()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 3, 3, 3], seed: 1, device);
        Assert.That(
            () => Interpolate.Forward(x, new InterpolateOptions(InterpolateKind.Area, 0, 3)),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("options.Height must be positive"));
    }

    /// <summary>The interpolation weights of an axis, <c>[after, before]</c>.</summary>
    private static double[,] Matrix(InterpolateOptions options, int before, int after)
    {
        double[,] matrix = new double[after, before];
        double scale = (double)before / after;
        for (int o = 0; o < after; o++)
        {
            double position = options.Grid switch
            {
                InterpolateGrid.HalfPixel => (scale * (o + 0.5)) - 0.5,
                InterpolateGrid.Corners => after == 1 ? 0 : o * (before - 1.0) / (after - 1),
                _ => scale * o,
            };
            if (options.Kind == InterpolateKind.Nearest) matrix[o, o * before / after] = 1;
            else if (options.Kind == InterpolateKind.Bilinear) AddTent(matrix, o, Math.Max(0, position));
            else if (options.Kind == InterpolateKind.Bicubic) AddCubic(matrix, o, position);
            else AddMean(matrix, o, (int)Math.Floor(scale * o + 1e-9), (int)Math.Ceiling((scale * (o + 1)) - 1e-9));
        }

        return matrix;
    }

    private static void AddMean(double[,] matrix, int output, int first, int end)
    {
        for (int place = first; place < end; place++) matrix[output, place] = 1.0 / (end - first);
    }

    private static void AddTent(double[,] matrix, int output, double position)
    {
        int last = matrix.GetLength(1) - 1;
        int lower = Math.Min((int)position, last);
        matrix[output, lower] += 1 - (position - lower);
        matrix[output, Math.Min(lower + 1, last)] += position - lower;
    }

    private static void AddCubic(double[,] matrix, int output, double position)
    {
        const double A = -0.75;
        for (int place = (int)Math.Floor(position) - 1; place <= (int)Math.Floor(position) + 2; place++)
        {
            double x = Math.Abs(position - place);
            double weight = x <= 1
                ? ((A + 2) * x * x * x) - ((A + 3) * x * x) + 1
                : (A * x * x * x) - (5 * A * x * x) + (8 * A * x) - (4 * A);
            matrix[output, Math.Clamp(place, 0, matrix.GetLength(1) - 1)] += weight;
        }
    }

    private static double[,] Transposed(double[,] matrix)
    {
        double[,] transposed = new double[matrix.GetLength(1), matrix.GetLength(0)];
        for (int row = 0; row < matrix.GetLength(0); row++)
        {
            for (int column = 0; column < matrix.GetLength(1); column++) transposed[column, row] = matrix[row, column];
        }

        return transposed;
    }

    private static void AssertProduct(Tensor y, Tensor x, double[,] rows, double[,] columns, string what)
    {
        (int height, int width, int channels) = (x.Shape[1], x.Shape[2], x.Shape[3]);
        Shape shape = [x.Shape[0], rows.GetLength(0), columns.GetLength(0), channels];
        Assert.That(y.Shape, Is.EqualTo(shape), what);
        double[] values = x.ToDoubles(), expected = new double[y.ElementCount];
        for (int index = 0; index < expected.Length; index++)
        {
            (int c, int j) = (index % channels, index / channels % shape[2]);
            int i = index / channels / shape[2] % shape[1];
            int picture = index / channels / shape[2] / shape[1];
            for (int a = 0; a < height; a++)
            {
                for (int b = 0; b < width; b++)
                {
                    double weight = rows[i, a] * columns[j, b];
                    expected[index] += weight * values[(((((picture * height) + a) * width) + b) * channels) + c];
                }
            }
        }

        Expect.CloseSums(y, expected, what);
    }
}
