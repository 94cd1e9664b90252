using GenKernels.Kernels.Normalization;

namespace GenKernels.Tests.Kernels.Normalization;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class MagnitudeEmaTests(Device device)
{
    private const float Beta = 0.75f;

    // Counts around a part of the sum, 1,024 elements, and around as many parts as the block has threads.
    [Test]
    public void MatchesTheFormula([Values] FloatType type, [Values(1, 1000, 1025, 5000, 1_050_000)] int count)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([1, count], seed: 1, device, type.Element());
        Tensor average = TestTensors.From([4], [1], device, x.Type.SumType());
        Tensor gain = MagnitudeEma.Update(x, average, Beta);
        double mean = x.ToDoubles().Average(value => value * value);
        double expected = 4 + ((1 - Beta) * (mean - 4));
        Assert.That(average.ToDoubles()[0], Is.EqualTo(expected).Within(Accuracy(x.Type) * expected));
        Assert.That(
            gain.ToDoubles()[0], Is.EqualTo(1 / Math.Sqrt(expected)).Within(Accuracy(x.Type) / Math.Sqrt(expected)));
    }

    [Test]
    public void ALaterUpdateDoesNotChangeTheGain()
    {
        using TensorScope scope = device.Scope();
        Tensor average = TestTensors.From([4], [1], device, ElementType.Float32);
        Tensor gain = MagnitudeEma.Update(TestTensors.Normal([10], seed: 1, device), average, Beta);
        double before = gain.ToDoubles()[0];
        MagnitudeEma.Update(TestTensors.Normal([10], seed: 2, device), average, Beta);
        Assert.That(gain.ToDoubles()[0], Is.EqualTo(before));
    }

    [Test]
    public void LargeHalvesDoNotOverflow()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.From([.. Enumerable.Repeat(200.0, 3000)], [3000], device, ElementType.Float16);
        Tensor average = TestTensors.From([0], [1], device, ElementType.Float32);
        MagnitudeEma.Update(x, average, beta: 0);
        Assert.That(average.ToDoubles()[0], Is.EqualTo(40_000).Within(40_000 * Tolerance.Float32));
    }

    [Test]
    public void RejectsAnAverageOf16BitsAndTheMeanOfNothing()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([4], seed: 1, device, ElementType.Float16);
        Assert.That(
            () => MagnitudeEma.Update(x, x.View([4]), Beta),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "MagnitudeEma: the average has one element, got shape [4]"));
        Tensor half = Tensor.Zeros([1], ElementType.Float16, device);
        Assert.That(
            () => MagnitudeEma.Update(x, half, Beta),
            Throws.TypeOf<ShapeException>().With.Message.Contains("average must hold Float32"));
        Tensor nothing = Tensor.Zeros([0, 3], ElementType.Float32, device);
        Tensor average = Tensor.Zeros([1], ElementType.Float32, device);
        Assert.That(
            () => MagnitudeEma.Update(nothing, average, Beta),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("MagnitudeEma: the mean of nothing: shape [0, 3]"));
    }

    // Sums are not rounded to 16 bits; 1/count is a 32-bit float in every type.
    private static double Accuracy(ElementType type) => type == ElementType.Float64 ? 1e-7 : Tolerance.Float32;
}
