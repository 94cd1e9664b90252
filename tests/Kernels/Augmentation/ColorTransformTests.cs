using GenKernels.Kernels.Augmentation;

namespace GenKernels.Tests.Kernels.Augmentation;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class ColorTransformTests(Device device)
{
    [Test]
    public void ForwardMatchesTheFormula(
        [Values] FloatType type, [Values(3, 4)] int rows, [Values(1, 33, 5000)] int pixels, [Values] bool linear,
        [Values] bool transposed)
    {
        if (transposed && !linear) return;  // refused, see below
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, pixels, 3], seed: 1, device, type.Element());
        Tensor matrix = TestTensors.Normal(
            [2, rows, 4], seed: 2, device, ColorTransform.MatrixType(type.Element()));
        double[] values = x.ToDoubles(), m = matrix.ToDoubles();
        double[] expected = new double[values.Length];
        for (int index = 0; index < expected.Length; index++)
        {
            (int c, int first) = (index % 3, index / 3 / pixels * rows * 4);
            expected[index] = linear ? 0 : m[first + (4 * c) + 3];
            for (int d = 0; d < 3; d++)
            {
                double weight = m[first + (transposed ? (4 * d) + c : (4 * c) + d)];
                expected[index] += weight * values[index - c + d];
            }
        }

        Expect.CloseSums(ColorTransform.Forward(x, matrix, linear, transposed), expected);
    }

    [Test]
    public void RejectsAMatrixOfAnotherBatch()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 4, 3], seed: 1, device);
        Assert.That(
            () => ColorTransform.Forward(x, TestTensors.Normal([1, 4, 4], seed: 1, device)),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "ColorTransform: matrix must have the shape [2, 3 or 4, 4], got [1, 4, 4]"));
        Assert.That(
            () => ColorTransform.Forward(x, TestTensors.Normal([2, 4, 4], seed: 1, device), transposed: true),
            Throws.TypeOf<ShapeException>().With.Message.Contains("no offset"));
    }
}
