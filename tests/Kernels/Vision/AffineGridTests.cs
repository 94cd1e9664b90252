using GenKernels.Kernels.Vision;

namespace GenKernels.Tests.Kernels.Vision;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class AffineGridTests(Device device)
{
    [Test]
    public void ForwardMatchesTheFormula(
        [Values] FloatType type, [Values(1, 3, 33)] int height, [Values(1, 2, 65)] int width)
    {
        using TensorScope scope = device.Scope();
        Tensor map = TestTensors.Normal([2, 2, 3], seed: 1, device, type.Element());
        double[] m = map.ToDoubles();
        double[] expected = new double[2 * height * width * 2];
        for (int index = 0; index < expected.Length; index++)
        {
            int row = 3 * ((index / 2 / width / height * 2) + (index % 2));
            double u = ((2.0 * (index / 2 % width)) + 1) / width - 1;
            double v = ((2.0 * (index / 2 / width % height)) + 1) / height - 1;
            expected[index] = (m[row] * u) + (m[row + 1] * v) + m[row + 2];
        }

        Expect.CloseSums(AffineGrid.Forward(map, height, width), expected);
    }

    [Test]
    public void TheIdentityReadsEveryPixelInItsPlace()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([1, 5, 7, 3], seed: 2, device);
        Tensor map = Tensor.From([1f, 0, 0, 0, 1, 0], [1, 2, 3], device);
        Tensor y = GridSample.Forward(x, AffineGrid.Forward(map, 5, 7));
        Expect.CloseSums(y, x.ToDoubles());  // positions are rounded
    }

    [Test]
    public void RejectsAMapOfAnotherShape()
    {
        using TensorScope scope = device.Scope();
        Tensor map = TestTensors.Normal([2, 3, 3], seed: 1, device);
        Assert.That(
            () => AffineGrid.Forward(map, 2, 2),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "AffineGrid: map must have shape [*, 2, 3], got [2, 3, 3]"));
    }
}
