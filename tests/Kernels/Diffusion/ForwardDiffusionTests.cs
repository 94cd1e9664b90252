using GenKernels.Kernels.Diffusion;

namespace GenKernels.Tests.Kernels.Diffusion;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class ForwardDiffusionTests(Device device)
{
    private static readonly float[] s_signal = [1, 0.75f, 0.5f, 0.125f];
    private static readonly float[] s_spread = [0, 0.625f, 0.875f, 1];

    [Test]
    public void EverySampleGetsTheNoiseOfItsLevel([Values] FloatType type, [Values(1, 31, 40, 4099)] int length)
    {
        using TensorScope scope = device.Scope();
        int[] levels = [3, 0, 1];
        Tensor x = TestTensors.Normal([3, length], seed: 1, device, type.Element());
        Tensor noise = TestTensors.Normal([3, length], seed: 2, device, type.Element());
        Tensor y = ForwardDiffusion.Forward(x, noise, Levels(levels), Table(s_signal), Table(s_spread));
        (double[] clean, double[] added) = (x.ToDoubles(), noise.ToDoubles());
        Expect.Close(y, [.. clean.Select((value, index) =>
            (s_signal[levels[index / length]] * value) + (s_spread[levels[index / length]] * added[index]))]);
    }

    [Test]
    public void AScaleIsThatOfTheLevel([Values] FloatType type)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 3, 5], seed: 1, device, type.Element());
        Tensor y = ForwardDiffusion.Scale(x, Levels([2, 1]), Table(s_spread));
        double[] values = x.ToDoubles();
        Expect.Close(y, [.. values.Select((value, index) => value * (index < 15 ? 0.875 : 0.625))]);
    }

    [Test]
    public void ALevelBeyondTheTablesGivesNoNumber([Values(-1, 4)] int level)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 5], seed: 1, device);
        Tensor y = ForwardDiffusion.Forward(x, x, Levels([level, 0]), Table(s_signal), Table(s_spread));
        Assert.That(y.ToDoubles()[..5], Is.All.NaN);
        Assert.That(y.ToDoubles()[5..], Is.EqualTo(x.ToDoubles()[5..]));
    }

    [Test]
    public void RefusesLevelsForAnotherNumberOfSamples()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 5], seed: 1, device);
        Assert.That(
            () => ForwardDiffusion.Forward(x, x, Levels([1]), Table(s_signal), Table(s_spread)),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "ForwardDiffusion: level must have shape [2], got [1]"));
    }

    [Test]
    public void RefusesLevelsThatAreNoIntegers()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 5], seed: 1, device);
        Assert.That(
            () => ForwardDiffusion.Scale(x, Table([0, 1]), Table(s_signal)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("level must hold Int32"));
    }

    private Tensor Levels(int[] values) => Tensor.From(values, [values.Length], device);

    private Tensor Table(float[] values) => Tensor.From(values, [values.Length], device);
}
