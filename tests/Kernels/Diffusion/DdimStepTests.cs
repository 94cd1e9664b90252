using GenKernels.Kernels.Diffusion;

namespace GenKernels.Tests.Kernels.Diffusion;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class DdimStepTests(Device device)
{
    [Test]
    public void AStepMatchesTheFormula(
        [Values] FloatType type, [Values(1, 31, 4099)] int count, [Values] bool hasNoise)
    {
        using TensorScope scope = device.Scope();
        float[] row = [0.5f, 0.875f, 0.75f, 0.625f, 0.25f];
        Tensor[] inputs = [.. Enumerable.Range(1, 3).Select(seed =>
            TestTensors.Normal([count], seed, device, type.Element()))];
        Tensor clean = Tensor.Empty([count], type.Element(), device);
        Tensor schedule = Tensor.From(row, [5], device);
        Tensor y = DdimStep.Forward(inputs[0], inputs[1], hasNoise ? inputs[2] : null, schedule, clean);
        Tensor alone = DdimStep.Forward(inputs[0], inputs[1], hasNoise ? inputs[2] : null, schedule);
        double[][] values = Array.ConvertAll(inputs, input => input.ToDoubles());
        double[] predicted = [.. values[0].Zip(values[1], (x, seen) => (x - (0.875 * seen)) / 0.5)];
        Expect.Close(clean, predicted);
        Expect.Close(y, [.. Enumerable.Range(0, count).Select(i =>
            (0.75 * predicted[i]) + (0.625 * values[1][i]) + (hasNoise ? 0.25 * values[2][i] : 0))]);
        Assert.That(alone.ToDoubles(), Is.EqualTo(y.ToDoubles()));
    }

    [Test]
    public void AStepFromTheRightNoiseEndsAtItsLevel([Values(0, 0.5, 1)] double eta)
    {
        float[] row = DdimSchedule.For(0.25, 0.64, eta);
        Assert.That((row[0] * row[0]) + (row[1] * row[1]), Is.EqualTo(1).Within(Tolerance.Float32));
        Assert.That((row[2] * row[2]) + (row[3] * row[3]) + (row[4] * row[4]), Is.EqualTo(1).Within(Tolerance.Float32));
        Assert.That(row[4], Is.EqualTo(eta * Math.Sqrt(0.36 / 0.75 * (1 - (0.25 / 0.64)))).Within(Tolerance.Float32));
    }

    [Test]
    public void RefusesASampleThatIsNoise() => Assert.That(
        () => DdimSchedule.For(0, 0.5, 0),
        Throws.TypeOf<ShapeException>().With.Message.Contains("0 < alpha < 1").And.Message.Contains("got 0, 0.5, 0"));

    [Test]
    public void RefusesAScheduleOfAnotherLength()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([5], seed: 1, device);
        Assert.That(
            () => DdimStep.Forward(x, x, null, Tensor.From([1f], [1], device)),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("DdimStep: schedule must have shape [5], got [1]"));
    }
}
