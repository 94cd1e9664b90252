using GenKernels.Kernels.Attention;
using GenKernels.Tests.Kernels.Common;
using Attentions = GenKernels.Kernels.Attention.Attention;

namespace GenKernels.Tests.Kernels.Attention;

[TestFixtureSource(typeof(WgmmaTests), nameof(WgmmaTests.Devices))]
public sealed class AttentionWarpgroupTests(Device device)
{
    /// <summary>
    /// Sizes around tiles of 64 or 128 tokens, blocks of 128 or 192 and ring buffers of 3 or 4 tiles; and more tiles
    /// than blocks.
    /// </summary>
    public static AttentionSetting[] Settings { get; } =
    [
        new(1, 1, 1, 1, 8), new(2, 15, 17, 2, 40), new(1, 129, 257, 1, 40), new(1, 70, 129, 2, 64, true),
        new(1, 200, 70, 1, 80, true), new(2, 66, 65, 2, 72), new(1, 65, 200, 1, 160), new(1, 130, 63, 1, 152, true),
        new(1, 64, 449, 1, 24), new(1, 100, 300, 1, 48, true), new(1, 40, 700, 1, 80),
        new(3, 300, 190, 2, 40),
    ];

    private static ElementType[] Types => AttentionTensor.Types;

    [Test]
    public void ForwardMatchesTheFormula(
        [ValueSource(nameof(Settings))] AttentionSetting setting, [ValueSource(nameof(Types))] ElementType type)
    {
        using TensorScope scope = device.Scope();
        (Tensor q, Tensor k, Tensor v, _) = setting.Inputs(device, type);
        (double[] expected, double[] expectedRows) = setting.Forward(q.ToDoubles(), k.ToDoubles(), v.ToDoubles());
        foreach (AttentionTiling tiling in AttentionWarpgroup.Known.For(device, setting.Channels))
        {
            (Tensor y, Tensor rows) = Forward(tiling, q, k, v, setting.Options);
            Expect.CloseSums(y, expected, $"y by {tiling}");
            Expect.CloseSums(rows, expectedRows, $"logSumExp by {tiling}");
        }
    }

    [Test]
    public void ANaNReachesItsRowAlone()
    {
        using TensorScope scope = device.Scope();
        AttentionSetting setting = new(1, 5, 70, 1, 40);
        (Tensor q, Tensor k, Tensor v) = setting.InputsWithNaN(device, ElementType.BFloat16, index: 2);
        AttentionTiling tiling = new(Warpgroups: 2, TileTokens: 128);
        double[] y = Forward(tiling, q, k, v, setting.Options).Y.ToDoubles();
        Assert.That(y.Index().Select(at => double.IsNaN(at.Item) == (at.Index / 40 == 2)), Has.All.True);
    }

    [Test]
    public void AnEditOfAnyKernelHasItMeasuredAnew() => TunedSources.ExpectComplete(
        device, new AttentionChoice(), new AttentionKey(ElementType.BFloat16, 1, 3, 5, 1, 40, IsCausal: false));

    [Test]
    public void KeysThatDifferHaveOtherTexts()
    {
        AttentionKey key = new(ElementType.BFloat16, 1, 2, 3, 4, 40, IsCausal: false);
        AttentionKey[] keys =
        [
            key, key with { Type = ElementType.Float16 }, key with { Clips = 5 }, key with { Queries = 5 },
            key with { Keys = 5 }, key with { Heads = 5 }, key with { Channels = 48 }, key with { IsCausal = true },
        ];
        Assert.That(keys.Select(other => other.ToString()), Is.Unique);
    }

    [Test]
    public void LongHeadsAndOtherDevicesAreLeftToWarps()
    {
        AttentionKey key = new(ElementType.BFloat16, 1, 2, 3, 4, 160, IsCausal: false);
        AttentionTiling[] byWarps = [AttentionTiling.Warps];
        (AttentionChoice choice, AttentionGradientChoice gradient) = (new(), new());
        Assert.That(choice.Algorithms(device, key), Is.EqualTo(new[] { new(2, 64), AttentionTiling.Warps }));
        Assert.That(choice.Algorithms(device, key with { Channels = 40 }).Count(), Is.EqualTo(4));
        Assert.That(choice.Algorithms(device, key with { Channels = 168 }), Is.EqualTo(byWarps));
        Assert.That(choice.Algorithms(TestDevices.Host, key), Is.EqualTo(byWarps));
        Assert.That(gradient.Algorithms(device, key), Is.EqualTo(byWarps));
        Assert.That(gradient.Algorithms(device, key with { Channels = 80 }).Count(), Is.EqualTo(3));
    }

    /// <returns>The result, and the rows' log-sum-exp.</returns>
    internal static (Tensor Y, Tensor LogSumExp) Forward(
        AttentionTiling tiling, Tensor q, Tensor k, Tensor v, AttentionOptions options)
    {
        AttentionPlan plan = new(q, k, v, options);
        Tensor y = Tensor.Empty(q.Shape, q.Type, q.Device);
        Tensor rows = Tensor.Empty(plan.RowShape, ElementType.Float32, q.Device);
        Attentions.Launch(tiling, q, k, v, y, rows, plan);
        return (y, rows);
    }
}
