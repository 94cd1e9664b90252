using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Reduction;

namespace GenKernels.Tests.Runtime.Recording;

public sealed class RecordedStepsTests
{
    private static readonly Device s_device = TestDevices.Usual;

    [Test]
    public void EachSetOfShapesIsRecordedOnceAndGivenItsInputs()
    {
        using RecordedSteps steps = new(s_device);
        using Tensor sum = Tensor.Zeros([1], ElementType.Float32, s_device);
        int recordings = 0;
        foreach ((int length, int variant) in new[] { (3, 0), (3, 0), (5, 0), (3, 1), (5, 0) })
        {
            using Tensor x = TestTensors.Normal([length], seed: length + variant, s_device);
            steps.Run([x, null], Sum, variant);
            Expect.CloseSums(sum, [x.ToDoubles().Sum(value => value * value)]);
        }

        Assert.That(recordings, Is.EqualTo(3));
        Assert.That(steps.Recorded.Count(), Is.EqualTo(3));

        void Sum(Tensor?[] inputs)
        {
            recordings++;
            Assert.That(inputs[1], Is.Null);
            using Tensor square = Unary.Forward(UnaryKind.Square, inputs[0]!);
            sum.CopyFrom(Reduce.Forward(ReduceKind.Sum, square, 0, 1));
        }
    }

    [Test]
    public void AStepThatCannotBeRecordedLeavesNothing()
    {
        using RecordedSteps steps = new(s_device);
        using Tensor x = TestTensors.Normal([3], seed: 1, s_device);
        Assert.That(
            () => steps.Run([x], inputs => inputs[0]!.ToArray<float>()), Throws.TypeOf<RecordingException>());
        Assert.That(steps.Recorded, Is.Empty);
    }
}
