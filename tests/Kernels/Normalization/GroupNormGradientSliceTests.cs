using GenKernels.Kernels.Normalization;

namespace GenKernels.Tests.Kernels.Normalization;

/// <summary>Same checks as <see cref="GroupNormGradientTests"/>.</summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class GroupNormGradientSliceTests(Device device)
{
    [Test]
    public void ItIsThatOfTheComposedForm([Values] FloatType type, [Values] bool silu) =>
        GroupNormGradientTests.ExpectComposed(
            device, type, silu, GroupNormSliceTests.Sizes, (x, dy, statistics, w, b, dx, dw, db, isSilu) =>
            {
                bool isDone = GroupNormGradientSlice.TryBackward(x, dy, statistics, w, b, dx, dw, db, isSilu);
                Assert.That(isDone, Is.EqualTo(device.WarpSize > 1), $"{x.Shape}");
                if (!isDone) GroupNormGradient.InPasses(x, dy, statistics, w, b, dx, dw, db, isSilu);
            });

    /// <summary>A sample alone gives the same bits as in a batch of two.</summary>
    [Test]
    public void ASampleDoesNotDependOnOthers()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 70, 32], seed: 1, device);
        Tensor dy = TestTensors.Normal([2, 70, 32], seed: 2, device);
        double[] both = Gradient(x, dy);
        double[] second = Gradient(x.Part(70 * 32, [1, 70, 32]), dy.Part(70 * 32, [1, 70, 32]));
        Assert.That(both[(70 * 32)..], Is.EqualTo(second));

        static double[] Gradient(Tensor x, Tensor dy)
        {
            (_, Tensor statistics) = GroupNorm.Forward(x, 4, null, null, GroupNormTests.Epsilon);
            return GroupNormGradient.Backward(x, dy, statistics, null, null, silu: true).X.ToDoubles();
        }
    }
}
