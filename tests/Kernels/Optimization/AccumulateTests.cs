using GenKernels.Kernels.Optimization;

namespace GenKernels.Tests.Kernels.Optimization;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class AccumulateTests(Device device)
{
    [Test]
    public void TheSumIsThatOfTheElements([Values] FloatType type, [Values(0, 1, 33, 4097)] int count)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([count], seed: 1, device, type.Element());
        Tensor y = TestTensors.Normal([count], seed: 2, device, type.Element());
        (double[] added, double[] before) = (x.ToDoubles(), y.ToDoubles());
        Accumulate.Into(x, y);
        double[] actual = y.ToDoubles();
        for (int i = 0; i < count; i++)
        {
            double expected = before[i] + added[i];
            Assert.That(
                actual[i], Is.EqualTo(expected).Within(2 * Tolerance.For(x.Type) * Math.Max(1, Math.Abs(expected))),
                $"element {i}");
        }
    }

    [Test]
    public void RejectsAnotherShape()
    {
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([4], ElementType.Float32, device);
        Tensor y = Tensor.Zeros([2, 2], ElementType.Float32, device);
        Assert.That(
            () => Accumulate.Into(x, y),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[4]").And.Message.Contains("[2, 2]"));
    }
}
