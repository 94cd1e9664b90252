using GenKernels.Kernels.Diffusion;

namespace GenKernels.Tests.Kernels.Diffusion;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class GuidanceTests(Device device)
{
    [Test]
    public void OneConditionIsExaggerated([Values] FloatType type, [Values(1, 33, 4099, 4104)] int count)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, count], seed: 1, device, type.Element());
        Tensor y = Guidance.Forward(x, Tensor.From([3.5f], [1], device));
        double[] said = x.ToDoubles();
        double[] expected = [.. Enumerable.Range(0, count).Select(i =>
            said[count + i] + (3.5 * (said[i] - said[count + i])))];
        Assert.That(y.Shape.ToString(), Is.EqualTo($"[{count}]"));
        Expect.Close(y, expected);
    }

    [Test]
    public void TwoConditionsAreExaggeratedEachByItself([Values] FloatType type, [Values(1, 33, 4099, 4104)] int count)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([3, 1, count], seed: 1, device, type.Element());
        Tensor y = Guidance.Forward(x, Tensor.From([7.5f, 1.5f], [2], device));
        double[] said = x.ToDoubles();
        (double[] both, double[] image, double[] none) =
            (said[..count], said[count..(2 * count)], said[(2 * count)..]);
        double[] expected = [.. Enumerable.Range(0, count).Select(i =>
            none[i] + (7.5 * (both[i] - image[i])) + (1.5 * (image[i] - none[i])))];
        Assert.That(y.Shape.ToString(), Is.EqualTo($"[1, {count}]"));
        Expect.CloseSums(y, expected);
    }

    [Test]
    public void AScaleOfOneIsTheConditionedBranch()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([3, 50], seed: 1, device);
        Tensor y = Guidance.Forward(x, Tensor.From([1f, 1f], [2], device));
        Expect.Close(y, x.ToDoubles()[..50]);
    }

    [Test]
    public void RefusesFourBranches()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([4, 5], seed: 1, device);
        Assert.That(
            () => Guidance.Forward(x, Tensor.From([1f, 1f, 1f], [3], device)),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "Guidance: x must be what two or three branches say, got shape [4, 5]"));
    }

    [Test]
    public void RefusesAScaleTooFew()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([3, 5], seed: 1, device);
        Assert.That(
            () => Guidance.Forward(x, Tensor.From([1f], [1], device)),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("Guidance: scale must have shape [2], got [1]"));
    }
}
