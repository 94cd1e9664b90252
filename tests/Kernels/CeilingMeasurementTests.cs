using GenKernels.Kernels;

namespace GenKernels.Tests.Kernels;

public sealed class CeilingMeasurementTests
{
    [Test]
    public void EveryFloatTypeIsMeasuredAndNoOther()
    {
        DeviceCeiling ceiling =
            CeilingMeasurement.Of(TestDevices.Usual, ElementType.Float32, ElementType.Int32, ElementType.Float32);
        Assert.That(ceiling.BytesPerSecond, Is.GreaterThan(1e8));
        Assert.That(ceiling.OperationsPerSecond.Keys, Is.EqualTo(new[] { ElementType.Float32 }));
        Assert.That(ceiling.OperationsPerSecond[ElementType.Float32], Is.GreaterThan(1e8));
    }

    [Test]
    public void EveryByteIsCopiedWhateverTheNumberOfCores([Values(1, 7, 64, 1001)] int length)
    {
        using Tensor source = TestTensors.Normal([length], seed: 1, TestDevices.Usual);
        using Tensor target = Tensor.Zeros([length], ElementType.Float32, TestDevices.Usual);
        CeilingMeasurement.Copy(source, target);
        Assert.That(target.ToArray<float>(), Is.EqualTo(source.ToArray<float>()));
    }

    [Test]
    public void TheBoundIsTheSlowerOfBytesAndOperations()
    {
        DeviceCeiling ceiling = new(100, new Dictionary<ElementType, double> { [ElementType.Float32] = 10 });
        Assert.That(ceiling.LeastSeconds(new LaunchCost(200, 5), ElementType.Float32), Is.EqualTo(2));
        Assert.That(ceiling.LeastSeconds(new LaunchCost(200, 50), ElementType.Float32), Is.EqualTo(5));
        Assert.That(ceiling.LeastSeconds(new LaunchCost(200, 50), ElementType.Float64), Is.EqualTo(2), "unknown");
    }
}
