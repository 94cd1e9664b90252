using GenKernels.Kernels.Attention;
using GenKernels.Tests.Kernels.Common;

namespace GenKernels.Tests.Kernels.Attention;

[TestFixtureSource(typeof(WgmmaTests), nameof(WgmmaTests.Devices))]
public sealed class AttentionWarpgroupGradientQueryTests(Device device)
{
    /// <summary>Settings whose gradients warpgroups compute.</summary>
    public static IEnumerable<AttentionSetting> Settings =>
        AttentionWarpgroupTests.Settings.Where(setting => setting.Channels <= 80);

    private static ElementType[] Types => AttentionTensor.Types;

    [Test]
    public void TheGradientMatchesTheFormula(
        [ValueSource(nameof(Settings))] AttentionSetting setting, [ValueSource(nameof(Types))] ElementType type)
    {
        using TensorScope scope = device.Scope();
        (Tensor q, Tensor k, Tensor v, Tensor dy) = setting.Inputs(device, type);
        (double[] expected, _, _) = setting.Gradients(q.ToDoubles(), k.ToDoubles(), v.ToDoubles(), dy.ToDoubles());
        Tensor statistics = Statistics(setting, q, k, v, dy);
        foreach (AttentionTiling tiling in AttentionWarpgroupGradientQuery.Known.For(device, setting.Channels))
        {
            Tensor dq = Tensor.Empty(q.Shape, type, device);
            AttentionWarpgroupGradientQuery.Launch(
                tiling, q, k, v, dy, statistics, dq, new AttentionPlan(q, k, v, setting.Options));
            Expect.CloseSums(dq, expected, $"dq by {tiling}");
        }
    }

    [Test]
    public void AnEditOfAnyKernelHasItMeasuredAnew() => TunedSources.ExpectComplete(
        device, new AttentionGradientChoice(), new AttentionKey(ElementType.Float16, 1, 3, 5, 1, 64, IsCausal: true));

    /// <returns>The statistics per query that the gradients read.</returns>
    internal static Tensor Statistics(AttentionSetting setting, Tensor q, Tensor k, Tensor v, Tensor dy)
    {
        AttentionTiling tiling = AttentionWarpgroup.Known.For(q.Device, setting.Channels).First();
        (Tensor y, Tensor rows) = AttentionWarpgroupTests.Forward(tiling, q, k, v, setting.Options);
        return AttentionGradientPreprocess.Forward(y, dy, rows, new AttentionPlan(q, k, v, setting.Options));
    }
}
