using GenKernels.Kernels.Attention;
using GenKernels.Tests.Kernels.Common;

namespace GenKernels.Tests.Kernels.Attention;

[TestFixtureSource(typeof(WgmmaTests), nameof(WgmmaTests.Devices))]
public sealed class AttentionWarpgroupGradientKeyValueTests(Device device)
{
    /// <summary>Also keys that no query sees, interleaved with keys that some do.</summary>
    private static IEnumerable<AttentionSetting> Settings =>
        [.. AttentionWarpgroupGradientQueryTests.Settings, new(3, 40, 400, 2, 40, true)];

    private static ElementType[] Types => AttentionTensor.Types;

    [Test]
    public void GradientsMatchTheFormula(
        [ValueSource(nameof(Settings))] AttentionSetting setting, [ValueSource(nameof(Types))] ElementType type)
    {
        using TensorScope scope = device.Scope();
        (Tensor q, Tensor k, Tensor v, Tensor dy) = setting.Inputs(device, type);
        (_, double[] expectedK, double[] expectedV) =
            setting.Gradients(q.ToDoubles(), k.ToDoubles(), v.ToDoubles(), dy.ToDoubles());
        Tensor statistics = AttentionWarpgroupGradientQueryTests.Statistics(setting, q, k, v, dy);
        Tensor dk = Tensor.Empty(k.Shape, type, device), dv = Tensor.Empty(v.Shape, type, device);
        AttentionWarpgroupGradientKeyValue.Launch(
            q, k, v, dy, statistics, dk, dv, new AttentionPlan(q, k, v, setting.Options));
        Expect.CloseSums(dk, expectedK, "dk");
        Expect.CloseSums(dv, expectedV, "dv");
    }
}
