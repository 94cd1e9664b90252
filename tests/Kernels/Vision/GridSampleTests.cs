using GenKernels.Autograd;
using GenKernels.Kernels.Vision;

namespace GenKernels.Tests.Kernels.Vision;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class GridSampleTests(Device device)
{
    [Test]
    public void ForwardMatchesTheFormula([Values] FloatType type, [Values(1, 3, 33)] int channels)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 4, 5, channels], seed: 1, device, type.Element());
        Tensor grid = Places([2, 6, 7, 2], seed: 2, type.Element());
        double[] values = x.ToDoubles(), places = grid.ToDoubles();
        double[] expected = new double[2 * 6 * 7 * channels];
        for (int index = 0; index < expected.Length; index++)
        {
            (int c, int place) = (index % channels, index / channels);
            foreach ((int pixel, double weight) in Around(places, place, 4, 5, place / 42))
            {
                expected[index] += weight * values[(pixel * channels) + c];
            }
        }

        Expect.CloseSums(GridSample.Forward(x, grid), expected);
    }

    [Test]
    public void TheGradientOfThePicturesMatchesTheFormula([Values] FloatType type, [Values(1, 3, 300)] int channels)
    {
        using TensorScope scope = device.Scope();
        Tensor g = TestTensors.Normal([2, 6, 7, channels], seed: 3, device, type.Element());
        Tensor grid = Places([2, 6, 7, 2], seed: 2, type.Element());
        double[] values = g.ToDoubles(), places = grid.ToDoubles();
        double[] expected = new double[2 * 4 * 5 * channels];
        for (int place = 0; place < 2 * 6 * 7; place++)
        {
            foreach ((int pixel, double weight) in Around(places, place, 4, 5, place / 42))
            {
                for (int c = 0; c < channels; c++)
                {
                    expected[(pixel * channels) + c] += weight * values[(place * channels) + c];
                }
            }
        }

        Expect.CloseSums(GridSample.ImageGradient(g, grid, 4, 5), expected);
    }

    [Test]
    public void ManyPlacesInOneCellAreSummedInTheSameOrder()
    {
        using TensorScope scope = device.Scope();
        Tensor grid = Places([3, 40, 40, 2], seed: 4, ElementType.Float32, spread: 0.2);
        Tensor g = TestTensors.Normal([3, 40, 40, 2], seed: 5, device);
        float[] first = GridSample.ImageGradient(g, grid, 3, 2).ToArray<float>();
        for (int turn = 0; turn < 3; turn++)
        {
            Assert.That(GridSample.ImageGradient(g, grid, 3, 2).ToArray<float>(), Is.EqualTo(first));
        }
    }

    [Test]
    public void TheGradientOfTheGridMatchesTheFormula([Values(1, 3, 70)] int channels)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 4, 5, channels], seed: 1, device, ElementType.Float64);
        Tensor g = TestTensors.Normal([2, 6, 7, channels], seed: 3, device, ElementType.Float64);
        Tensor grid = Places([2, 6, 7, 2], seed: 2, ElementType.Float64);
        double[] values = x.ToDoubles(), upstream = g.ToDoubles(), places = grid.ToDoubles();
        const double Step = 1e-6;
        double[] expected = new double[places.Length];
        for (int index = 0; index < expected.Length; index++)
        {
            foreach (double step in new[] { Step, -Step })
            {
                double[] moved = [.. places];
                moved[index] += step;
                foreach ((int pixel, double weight) in Around(moved, index / 2, 4, 5, index / 2 / 42))
                {
                    for (int c = 0; c < channels; c++)
                    {
                        double product = values[(pixel * channels) + c] * upstream[(index / 2 * channels) + c];
                        expected[index] += weight * product / (2 * step);
                    }
                }
            }
        }

        Tensor actual = GridSample.GridGradient(g, x, grid);
        Assert.That(actual.ToDoubles(), Is.EqualTo(expected).Within(1e-6));  // the error of finite differences
    }

    [Test]
    public void WhatIsNoPlaceReadsZeros()
    {
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.From([7f], [1, 1, 1, 1], device);
        float[] places = [float.NaN, 0, 0, float.PositiveInfinity, -1e30f, 0, 3, 3, 0, 0];
        Tensor grid = Tensor.From(places, [1, 1, 5, 2], device);
        Tensor y = GridSample.Forward(x, grid);
        Assert.That(y.ToArray<float>(), Is.EqualTo(new float[] { 0, 0, 0, 0, 7 }));
        Assert.That(GridSample.ImageGradient(y, grid, 1, 1).ToArray<float>(), Is.EqualTo(new float[] { 7 }));
    }

    [Test]
    public void RejectsTheGradientOfTheGradientOfTheGrid()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([1, 3, 3, 2], seed: 1, device), requiresGradient: true);
        Variable grid = new(Places([1, 2, 2, 2], seed: 2, ElementType.Float32), requiresGradient: true);
        Variable gradient = Gradient.Of(x.GridSample(grid).Sum(), [grid], differentiable: true)[0];
        Assert.That(
            () => Gradient.Of(gradient.Sum(), grid),
            Throws.TypeOf<NotSupportedException>().With.Message.StartsWith("GridSample: the gradient of the grid"));
    }

    [Test]
    public void RejectsAGridOfAnotherKind()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 3, 3, 2], seed: 1, device);
        Assert.That(
            () => GridSample.Forward(x, TestTensors.Normal([1, 3, 3, 2], seed: 1, device)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("grid must have shape [2, *, *, 2]"));
        Tensor wide = TestTensors.Normal([2, 3, 3, 2], seed: 1, device, ElementType.Float64);
        Assert.That(
            () => GridSample.Forward(x, wide),
            Throws.TypeOf<ShapeException>().With.Message.Contains("grid must hold Float32"));
    }

    /// <summary>The pixels around a sampling position, numbered over all pictures, with their weights.</summary>
    private static IEnumerable<(int Pixel, double Weight)> Around(
        double[] places, int place, int height, int width, int picture)
    {
        double p = (((places[2 * place] + 1) * width) - 1) / 2, q = (((places[(2 * place) + 1] + 1) * height) - 1) / 2;
        for (int a = 0; a < height; a++)
        {
            for (int b = 0; b < width; b++)
            {
                double weight = Math.Max(0, 1 - Math.Abs(q - a)) * Math.Max(0, 1 - Math.Abs(p - b));
                if (weight > 0) yield return ((((picture * height) + a) * width) + b, weight);
            }
        }
    }

    private Tensor Places(Shape shape, int seed, ElementType type, double spread = 0.8)
    {
        ElementType gridType = GridSample.GridType(type);
        double[] values = Array.ConvertAll(
            TestTensors.Normal(shape, seed, device, ElementType.Float64).ToDoubles(), value => value * spread);
        return TestTensors.From(values, shape, device, gridType);
    }
}
