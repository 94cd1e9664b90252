using GenKernels.Kernels.Attention;
using GenKernels.Tests.Kernels.Common;

namespace GenKernels.Tests.Kernels.Attention;

[TestFixtureSource(typeof(WgmmaTests), nameof(WgmmaTests.Devices))]
public sealed class AttentionWarpgroupGradientTests(Device device)
{
    private static IEnumerable<AttentionSetting> Settings =>
        AttentionWarpgroupTests.Settings.Where(setting => setting.Channels <= 80);

    private static ElementType[] Types => AttentionTensor.Types;

    [Test]
    public void GradientsMatchTheFormula(
        [ValueSource(nameof(Settings))] AttentionSetting setting, [ValueSource(nameof(Types))] ElementType type)
    {
        using TensorScope scope = device.Scope();
        (Tensor q, Tensor k, Tensor v, Tensor dy) = setting.Inputs(device, type);
        AttentionPlan plan = new(q, k, v, setting.Options);
        (double[] expectedQ, double[] expectedK, double[] expectedV) =
            setting.Gradients(q.ToDoubles(), k.ToDoubles(), v.ToDoubles(), dy.ToDoubles());
        AttentionWay forward = AttentionWarpgroup.Known.For(device, setting.Channels).First();
        (Tensor y, Tensor rows) = AttentionWarpgroupTests.Forward(forward, q, k, v, setting.Options);
        Tensor delta = AttentionGradient.Delta(y, dy, rows, plan);
        foreach (AttentionWay way in AttentionWarpgroupGradient.Known.For(device, setting.Channels))
        {
            Tensor dq = Tensor.Empty(q.Shape, type, device);
            Tensor dk = Tensor.Empty(k.Shape, type, device);
            Tensor dv = Tensor.Empty(v.Shape, type, device);
            AttentionGradient.Launch(way, q, k, v, dy, rows, delta, dq, dk, dv, plan);
            Expect.CloseSums(dq, expectedQ, $"dq by {way}");
            Expect.CloseSums(dk, expectedK, $"dk by {way}");
            Expect.CloseSums(dv, expectedV, $"dv by {way}");
        }
    }

    [Test]
    public void AnEditOfAnyKernelHasItMeasuredAnew() => TunedSources.ExpectComplete(
        device, new AttentionGradientChoice(), new AttentionKey(ElementType.Float16, 1, 3, 5, 1, 64, IsCausal: true));
}
