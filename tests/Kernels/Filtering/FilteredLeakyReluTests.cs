using GenKernels.Autograd;
using GenKernels.Kernels.Filtering;
using FilteredKernel = GenKernels.Kernels.Filtering.FilteredLeakyRelu;

namespace GenKernels.Tests.Kernels.Filtering;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class FilteredLeakyReluTests(Device device)
{
    // Rates and filters of the known layers, then uneven rates, tap counts that do not fill their phases or are below
    // the rate, no filters, and 2D filters on either side; with paddings of both signs.
    private static readonly FilteredSetting[] s_settings =
    [
        new(new(1, 1, Slope: 1), null, null),
        new(new(1, 2, 5, 6, 4, 7, Clamp: 0.7f, Flip: true), null, [12]),
        new(new(1, 4, 12, 13, 14, 15), null, [24]),
        new(new(2, 1, 5, 6, 6, 5, Clamp: 256), [12], null),
        new(new(2, 2, 9, 8, 10, 7, Gain: 1.3f, Slope: 0.1f), [12], [12]),
        new(new(2, 2, 9, 4, -1, 14, Slope: 0, Clamp: 0.5f, Flip: true), [12], [12]),
        new(new(2, 4, 20, 22, 19, 22, Slope: -0.5f, Clamp: 0.9f), [12], [24]),
        new(new(4, 1, 11, 12, 10, 12), [24], null),
        new(new(4, 2, 18, -3, 16, 17, Slope: 2, Clamp: 1), [24], [12]),
        new(new(4, 4, 22, 20, 19, 26), [24], [24]),
        new(new(3, 1, 4, 5, 7, -2, Clamp: 0.8f), [10], [5]),
        new(new(1, 3, 11, 9, 8, 12), [9], [7]),
        new(new(5, 3, 2, 9, 3, 4, Flip: true), [3], [2]),
        new(new(3, 2, 1, 2, 2, 3), null, null),
        new(new(8, 4, 40, 39, 30, 41), [48], [24]),
        new(new(1, 1, 9, 8, 11, 7, Clamp: 0.6f), [8], [11]),
        new(new(2, 2, 9, 8, 10, 7, Gain: 1.3f, Slope: 0.1f), [12], [12, 12]),
        new(new(4, 2, 18, -3, 16, 17, Clamp: 0.5f, Flip: true), [24], [12, 12]),
        new(new(2, 4, 9, 8, 10, 7), [7, 3], [9]),
        new(new(3, 3, 4, 5, 6, 3, Slope: 0, Clamp: 0.9f), [4, 8], [3, 5]),
        new(new(1, 1, 4, 2, 3, 3), [3, 1], [1, 4]),
    ];

    [Test]
    public void ThereIsATilingWhereTheNarrowestFits([Values] FloatType type)
    {
        int[] rates = [1, 2, 3, 4, 8], taps = [0, 1, 5, 12, 24, 48, 96, 192];
        FilteredSide[] sides =
        [
            .. from rate in rates
               from count in taps
               from isPlanar in new[] { false, true }
               select new FilteredSide(rate, count, count, isPlanar),
        ];
        var found = (from first in sides
                     from second in sides
                     let exists = FilteredTiling.Exists(first, second, type.Element())
                     select (exists, FilteredTiling.Find(first, second, type.Element()).Length > 0)).ToArray();
        Assert.That(found.Distinct(), Is.EquivalentTo(new[] { (true, true), (false, false) }));
    }

    [Test]
    public void ForwardMatchesTheFormula([Values(1, 33)] int channels, [Range(0, 20)] int number) =>
        Check(FloatType.Float64, channels, number);

    [Test]
    public void EveryTypeMatchesTheFormula([Values] FloatType type, [Values(4, 8, 16)] int number) =>
        Check(type, channels: 17, number);

    [Test]
    public void GradientsAreThoseOfTheSteps([Range(0, 20)] int number) =>
        CompareWithTheSteps([2, 7, 6, 5], s_settings[number]);

    [Test]
    public void SeveralTilesMakeOneImage([Range(0, 4)] int number)
    {
        FilteredSetting[] settings =
        [
            new(new(2, 2, 9, 8, 9, 8, Clamp: 0.8f), [12], [12]),
            new(new(4, 2, -6, -9, -6, -9, Clamp: 0.8f), [24], [12]),
            new(new(2, 2, 9, 8, 9, 8, Clamp: 0.8f), [12], [12, 12]),
            new(new(3, 2, 4, 3, 4, 3, Clamp: 0.8f), [11], [5]),
            new(new(1, 3, 2, 3, 4, 1, Clamp: 0.8f), [3, 4], [6, 5]),
        ];
        CompareWithTheSteps([1, 56, 70, 68], settings[number]);
    }

    [Test]
    public void ANaNReachesWhatItIsPartOfAndNothingElse()
    {
        using TensorScope scope = device.Scope();
        Shape shape = [1, 14, 13, 3];
        double[] values = TestTensors.Normal(shape, seed: 1, device, ElementType.Float64).ToDoubles();
        values[values.Length / 2] = double.NaN;
        Tensor x = Tensor.From(values, shape, device);
        Tensor bias = TestTensors.Normal([shape[3]], seed: 2, device, ElementType.Float64);
        (Tensor? up, Tensor? down) = (Taps([12], seed: 3), Taps([12], seed: 4));
        FilteredLeakyReluOptions options = new(2, 2, 9, 8, 10, 7, Clamp: 0.5f);
        double[] expected = Formula(x, bias, up, down, options);
        Assert.That(expected, Has.Some.NaN);
        (Tensor y, _) = FilteredKernel.Forward(x, bias, up, down, options, withSigns: false);
        Expect.Close(y, expected);
    }

    [Test]
    public void AFilterTooLongTakesTheStepsAndSaysSoOnce()
    {
        using TensorScope scope = device.Scope();
        Action<string> before = device.Notices;
        List<string> lines = [];
        device.Notices = lines.Add;
        try
        {
            FilteredLeakyReluOptions options = new(2, 1, 20, 19, 21, 18);
            Variable x = new(TestTensors.Normal([1, 6, 5, 3], seed: 1, device));
            Tensor up = TestTensors.Normal([12], seed: 2, device), down = TestTensors.Normal([20, 20], seed: 3, device);
            for (int i = 0; i < 2; i++) x.FilteredLeakyRelu(null, up, down, options);
        }
        finally
        {
            device.Notices = before;
        }

        Assert.That(lines, Is.EqualTo(new[]
        {
            "FilteredLeakyRelu: up 2 with taps [12] and down 1 with taps [20, 20] has no kernel of its own; Upfirdn, "
            + "BiasActivation and Upfirdn run one after the other",
        }));
    }

    [Test]
    public void NoImagesGiveNoImages()
    {
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([0, 6, 5, 3], ElementType.Float32, device);
        (Tensor y, _) = FilteredKernel.Forward(
            x, null, Taps([12], seed: 1), Taps([12], seed: 2), new(2, 2, 9, 8, 10, 7), withSigns: true);
        Assert.That(y.Shape, Is.EqualTo(Shape.Create([0, 4, 3, 3])));
    }

    [Test]
    public void RejectsAFilterThatIsLongerThanTheAxis()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([1, 6, 5, 3], seed: 1, device);
        Assert.That(
            () => FilteredKernel.Forward(x, null, null, Taps([12], seed: 1), new(1, 2, 3, 3), withSigns: false),
            Throws.TypeOf<ShapeException>().With.Message.Contains("must hold the filter").And.Message.Contains("12"));
    }

    [Test]
    public void RejectsWhatThereIsNoKernelFor()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([1, 6, 5, 3], seed: 1, device);
        Tensor taps = TestTensors.Normal([50], seed: 1, device);
        Assert.That(
            () => FilteredKernel.Forward(x, null, taps, null, new(1, 1, 50, 50, 50, 50), withSigns: false),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "FilteredLeakyRelu: there is no kernel for up 1 with taps [50] and down 1 with no taps"));
    }

    [Test]
    public void RejectsAGainOfNothingAndABiasOfAnotherLength()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([1, 6, 5, 3], seed: 1, device);
        Tensor bias = TestTensors.Normal([4], seed: 2, device);
        Assert.That(
            () => FilteredKernel.Forward(x, null, null, null, new(1, 1, Gain: 0), withSigns: false),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Gain must be positive"));
        Assert.That(
            () => FilteredKernel.Forward(x, bias, null, null, new(1, 1), withSigns: false),
            Throws.TypeOf<ShapeException>().With.Message.Contains("bias must have shape [3], got [4]"));
    }

    private void Check(FloatType type, int channels, int number)
    {
        using TensorScope scope = device.Scope();
        (FilteredLeakyReluOptions options, Shape? upTaps, Shape? downTaps) = s_settings[number];
        Tensor x = TestTensors.Normal([2, 6, 5, channels], seed: 1, device, type.Element());
        Tensor bias = TestTensors.Normal([channels], seed: 2, device, type.Element());
        (Tensor? up, Tensor? down) = (Taps(upTaps, seed: 3), Taps(downTaps, seed: 4));
        double[] expected = Formula(x, bias, up, down, options);
        foreach (bool withSigns in new[] { false, true })
        {
            (Tensor y, Tensor? signs) = FilteredKernel.Forward(x, bias, up, down, options, withSigns);
            Assert.That(signs is not null, Is.EqualTo(withSigns));
            Expect.CloseSums(y, expected);
        }
    }

    /// <summary>The tolerance is relative to the largest value: both sides round sums of that size.</summary>
    private void CompareWithTheSteps(Shape input, FilteredSetting setting)
    {
        using TensorScope scope = device.Scope();
        (FilteredLeakyReluOptions options, Shape? upTaps, Shape? downTaps) = setting;
        Variable x = Leaf(input, seed: 1), bias = Leaf([input[3]], seed: 2);
        (Tensor? up, Tensor? down) = (Taps(upTaps, seed: 3), Taps(downTaps, seed: 4));
        Assert.That(FilteredKernel.HasKernel(up, down, options, x.Value.Type));
        double[][] expected =
            Gradients(FilteredLeakyReluOperation.FilteredInSteps(x, bias, up, down, options), x, bias);
        double[][] actual = Gradients(x.FilteredLeakyRelu(bias, up, down, options), x, bias);
        for (int i = 0; i < expected.Length; i++)
        {
            double scale = Math.Max(1, expected[i].Max(Math.Abs));
            Assert.That(actual[i], Is.EqualTo(expected[i]).Within(Tolerance.For(x.Value.Type) * scale), $"{i}");
        }
    }

    /// <summary>Taps without any symmetry, whose squares sum to less than 1.</summary>
    private Tensor? Taps(Shape? shape, int seed)
    {
        if (shape is not { } given) return null;
        using Tensor normal = TestTensors.Normal(given, seed, device);
        float scale = 2.5f * given[0] / 6;
        return Tensor.From(Array.ConvertAll(normal.ToArray<float>(), tap => tap / scale), given, device);
    }

    private Variable Leaf(Shape shape, int seed) =>
        new(TestTensors.Normal(shape, seed, device, ElementType.Float64), requiresGradient: true);

    /// <summary>The value, its gradients, and the gradients of their squares.</summary>
    private double[][] Gradients(Variable y, Variable x, Variable bias)
    {
        Variable upstream = Leaf(y.Shape, seed: 7);
        Variable[] first = Gradient.Of(y, [x, bias], upstream, differentiable: true);
        Variable penalty = first[0].Square().Sum() + first[1].Square().Sum();
        Variable second = Gradient.Of(penalty, [upstream], keepRecord: true)[0];
        return [.. new[] { y, first[0], first[1], second }.Select(result => result.Value.ToDoubles())];
    }

    // Zeros inserted explicitly at the upper rate, and every sum over all taps.
    private static double[] Formula(
        Tensor x, Tensor bias, Tensor? up, Tensor? down, FilteredLeakyReluOptions options)
    {
        (double[] values, double[] shifts, int channels) = (x.ToDoubles(), bias.ToDoubles(), x.Shape[3]);
        List<double> result = [];
        for (int n = 0; n < x.Shape[0]; n++)
        {
            double[][,] planes = new double[channels][,];
            for (int c = 0; c < channels; c++)
            {
                double[,] plane = new double[x.Shape[1], x.Shape[2]];
                for (int i = 0; i < plane.Length; i++)
                {
                    double value = values[(((n * plane.Length) + i) * channels) + c];
                    plane[i / x.Shape[2], i % x.Shape[2]] = shifts[c] + value;
                }

                double[,] upper = Filter(plane, up, options.UpRows, options.UpColumns, options.Flip);
                for (int i = 0; i < upper.Length; i++)
                {
                    ref double v = ref upper[i / upper.GetLength(1), i % upper.GetLength(1)];
                    v *= (double)options.Gain * options.Up * options.Up;
                    v = Math.Clamp(v > 0 ? v : options.Slope * v, -options.Clamp, options.Clamp);
                }

                planes[c] = Filter(upper, down, options.DownBoth, options.DownBoth, options.Flip);
            }

            int columns = planes[0].GetLength(1);
            for (int i = 0; i < planes[0].Length; i++) result.AddRange(planes.Select(p => p[i / columns, i % columns]));
        }

        return [.. result];
    }

    private static double[,] Filter(double[,] x, Tensor? filter, Resampling rows, Resampling columns, bool flip)
    {
        double[,] taps = Matrix(filter);
        (int height, int width) = (x.GetLength(0), x.GetLength(1));
        (int tapRows, int tapColumns) = (taps.GetLength(0), taps.GetLength(1));
        double[,] y = new double[rows.OutputLength(height, tapRows), columns.OutputLength(width, tapColumns)];
        for (int i = 0; i < y.Length * taps.Length; i++)
        {
            (int place, int tap) = (i / taps.Length, i % taps.Length);
            (int q, int p) = (place / y.GetLength(1), place % y.GetLength(1));
            (int k, int l) = (tap / tapColumns, tap % tapColumns);
            int r = (q * rows.Down) + k - rows.Before, s = (p * columns.Down) + l - columns.Before;
            bool isSample = r >= 0 && s >= 0 && r % rows.Up == 0 && s % columns.Up == 0
                && r / rows.Up < height && s / columns.Up < width;
            if (!isSample) continue;
            double weight = flip ? taps[k, l] : taps[tapRows - 1 - k, tapColumns - 1 - l];
            y[q, p] += weight * x[r / rows.Up, s / columns.Up];
        }

        return y;
    }

    /// <summary>The 2D filter; a 1D one as its outer product with itself.</summary>
    private static double[,] Matrix(Tensor? filter)
    {
        double[] taps = filter?.ToDoubles() ?? [1];
        bool isPlanar = filter is { Shape.Rank: 2 };
        (int rows, int columns) = isPlanar ? (filter!.Shape[0], filter.Shape[1]) : (taps.Length, taps.Length);
        double[,] matrix = new double[rows, columns];
        for (int i = 0; i < matrix.Length; i++)
        {
            (int row, int column) = (i / columns, i % columns);
            matrix[row, column] = isPlanar ? taps[i] : taps[row] * taps[column];
        }

        return matrix;
    }
}
