using GenKernels.Kernels.Attention;
using Attentions = GenKernels.Kernels.Attention.Attention;

namespace GenKernels.Tests.Kernels.Attention;

[TestFixtureSource(nameof(Devices))]
public sealed class AttentionTensorTests(Device device)
{
    /// <summary>Sizes around the tiles of 64 queries and keys (32 or 16 for long heads) and the 16 queries of a
    /// warp.</summary>
    public static AttentionSetting[] Settings { get; } =
    [
        new(1, 1, 1, 1, 8), new(2, 15, 17, 2, 8), new(1, 17, 70, 2, 16, true), new(1, 65, 63, 1, 40),
        new(1, 70, 129, 1, 32, true), new(1, 16, 64, 2, 64), new(1, 49, 66, 1, 80, true), new(1, 33, 34, 1, 160),
        new(1, 66, 65, 1, 152, true), new(1, 130, 3, 1, 48, true), new(1, 17, 33, 1, 512), new(1, 18, 17, 1, 168, true),
    ];

    private static ElementType[] Types => AttentionTensor.Types;

    /// <returns>All devices but the host, whose warp is one thread.</returns>
    public static IEnumerable<TestFixtureData> Devices() =>
        TestDevices.All().Where(data => data.Arguments[0] is not Device { WarpSize: 1 });

    [Test]
    public void ForwardMatchesTheFormula(
        [ValueSource(nameof(Settings))] AttentionSetting setting, [ValueSource(nameof(Types))] ElementType type)
    {
        using TensorScope scope = device.Scope();
        (Tensor q, Tensor k, Tensor v, _) = setting.Inputs(device, type);
        Assert.That(AttentionTensor.Fits(new AttentionPlan(q, k, v, setting.Options), q, k, v), Is.True);
        (Tensor y, Tensor rows) = Attentions.Forward(q, k, v, setting.Options);
        (double[] expected, double[] expectedRows) = setting.Forward(q.ToDoubles(), k.ToDoubles(), v.ToDoubles());
        Expect.CloseSums(y, expected, "y");
        Expect.CloseSums(rows, expectedRows, "logSumExp");
    }

    /// <summary>The maximum of the logits skips NaNs, but they still reach the result.</summary>
    [Test]
    public void ANaNReachesItsRowAlone()
    {
        using TensorScope scope = device.Scope();
        AttentionSetting setting = new(1, 5, 70, 1, 40);
        (Tensor q, Tensor k, Tensor v) = setting.InputsWithNaN(device, ElementType.BFloat16, index: 2);
        double[] y = Attentions.Forward(q, k, v, setting.Options).Y.ToDoubles();
        Assert.That(y.Index().Select(at => double.IsNaN(at.Item) == (at.Index / 40 == 2)), Has.All.True);
    }

    /// <summary>A tensor that is not aligned to 16-byte chunks, and head lengths that are no multiple of one, take
    /// another kernel.</summary>
    [Test]
    public void WhatTensorCoresCannotTakeIsComputedWithoutThem()
    {
        using TensorScope scope = device.Scope();
        foreach ((int channels, int start) in new[] { (8, 1), (12, 0) })
        {
            AttentionSetting setting = new(1, 5, 6, 1, channels);
            Tensor q = Shifted(setting.QueryShape, seed: 1, start);
            Tensor k = Shifted(setting.KeyShape, seed: 2, start);
            Assert.That(AttentionTensor.Fits(new AttentionPlan(q, k, k, setting.Options), q, k, k), Is.False);
            Tensor y = Attentions.Forward(q, k, k, setting.Options).Y;
            Expect.CloseSums(y, setting.Forward(q.ToDoubles(), k.ToDoubles(), k.ToDoubles()).Y);
        }
    }

    private Tensor Shifted(Shape shape, int seed, int start)
    {
        int count = (int)shape.ElementCount;
        return TestTensors.Normal([count + start], seed, device, ElementType.BFloat16).Part(start, shape);
    }
}
