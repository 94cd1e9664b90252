using GenKernels.Autograd;
using GenKernels.Tests.Models.LongVideo;
using GenKernels.Train.LongVideo;

namespace GenKernels.Tests.Train.LongVideo;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class MixedPrecisionTests(Device device)
{
    private const int Frames = 8;
    private static readonly string[] s_names = [.. Precision.All.Select(precision => precision.Name)];

    [TearDown]
    public void ComputeAsUsual() => device.Precision = Precision.Fp32;

    /// <summary>
    /// Some twenty layers round by half a unit in the last place each. That adds up like a random walk, to a few units
    /// of a logit of about 1, whose softplus is no steeper than 1; a penalty is a square and twice as far off.
    /// </summary>
    [Test]
    public void EveryPrecisionTrainsWithLossesNearThoseOf32Bits([ValueSource(nameof(s_names))] string name)
    {
        Precision precision = Precision.Find(name)!;
        int steps = device.Kind == DeviceKind.Simt ? 1 : 4;
        Dictionary<string, double>[] expected = Train(Precision.Fp32, steps), actual = Train(precision, steps);
        double unit = name switch { "fp32" => 0, "bf16" => 1.0 / 128, _ => 1.0 / 1024 };
        for (int step = 0; step < steps; step++)
        {
            foreach ((string what, double value) in expected[step])
            {
                TestContext.Out.WriteLine(
                    $"{step} {what}: {value:g6} {(actual[step][what] - value) / unit:g3} units");
                double size = what == "discriminator/r1_penalty" ? 2 * value : 1;
                Assert.That(actual[step][what], Is.EqualTo(value).Within(8 * unit * size), $"{what}, step {step}");
            }
        }
    }

    [Test]
    public void AnOverflowIsSkippedAndTrainingGoesOn([Values] bool isRecorded)
    {
        using TensorScope scope = device.Scope();
        using LowResolutionGan gan = New(Precision.Fp16, isRecorded);
        Tensor state = gan.GeneratorOptimizer.LossScale!.State;
        float[] before = Weights(gan);

        state.CopyFrom<float>([1e30f, 0, 1, 0]);
        IReadOnlyDictionary<string, double> said = gan.UpdateGenerator(1, _ => Fake(gan, seed: 1)).Values;
        Assert.That(Weights(gan), Is.EqualTo(before));
        Assert.That(said["generator/loss"], Is.EqualTo(Math.Log(2)).Within(0.5), "only gradients overflow");
        Assert.That((said["generator/loss_scale"], said["generator/skipped_steps"]), Is.EqualTo((0.5 * 1e30f, 1)));

        state.CopyFrom<float>([256, 0, 1, 1]);
        said = gan.UpdateGenerator(1, _ => Fake(gan, seed: 2)).Values;
        Assert.That(Weights(gan), Is.Not.EqualTo(before).And.All.Matches<float>(float.IsFinite));
        Assert.That((said["generator/loss_scale"], said["generator/skipped_steps"]), Is.EqualTo((256, 1)));
        AdamOptimizer optimizer = gan.GeneratorOptimizer;
        Assert.That((optimizer.StepCount, optimizer.SkippedCount), Is.EqualTo((2, 1)));
    }

    /// <summary>Casts of weights are temporary, and what is kept for backward has 16 bits.</summary>
    [Test]
    public void ActivationsOf16BitsTakeLittleMoreThanHalfTheMemory()
    {
        Assert.That(ArenaBytes(Precision.Bf16), Is.LessThan(0.7 * ArenaBytes(Precision.Fp32)));

        long ArenaBytes(Precision precision)
        {
            using TensorScope scope = device.Scope();
            using LowResolutionGan gan = New(precision);
            Step(gan, step: 0);
            return gan.Recorded.Sum(recorded => recorded.Step.Plan.ArenaBytes);
        }
    }

    [Test]
    public void OnlyScaledLossesSpeakOfTheirScale()
    {
        using TensorScope scope = device.Scope();
        using LowResolutionGan gan = New(Precision.Bf16);
        IReadOnlyDictionary<string, double> said = gan.UpdateGenerator(1, _ => Fake(gan, seed: 1)).Values;
        Assert.That(said.Keys, Is.EquivalentTo(new[] { "generator/loss", "generator/score" }));
        Assert.That(gan.GeneratorOptimizer.LossScale, Is.Null);
    }

    private LowResolutionGan New(Precision precision, bool isRecorded = true) =>
        new(SmallestPreset.Preset, SmallestRun.Options with { Precision = precision }, device)
        {
            IsRecorded = isRecorded,
        };

    private Dictionary<string, double>[] Train(Precision precision, int steps)
    {
        using TensorScope scope = device.Scope();
        using LowResolutionGan gan = New(precision);

        // So small that no step is skipped, after which parameters would differ.
        foreach (AdamOptimizer optimizer in (AdamOptimizer[])[gan.GeneratorOptimizer, gan.DiscriminatorOptimizer])
        {
            optimizer.LossScale?.State.CopyFrom<float>([256, 0, 1, 0]);
        }

        Dictionary<string, double>[] said = [.. Enumerable.Range(0, steps).Select(step => Step(gan, step))];
        Assert.That((gan.GeneratorOptimizer.SkippedCount, gan.DiscriminatorOptimizer.SkippedCount), Is.EqualTo((0, 0)));
        return said;
    }

    /// <returns>What the updates of both networks and of the penalty say.</returns>
    private Dictionary<string, double> Step(LowResolutionGan gan, int step)
    {
        using TensorScope scope = device.Scope();
        GeneratorInput fake = Fake(gan, step);
        RealInput real = new(TestTensors.Normal([2, Frames, 8, 16, 3], 100 + step, device), null);
        StepStatistics[] said =
        [
            gan.UpdateGenerator(1, _ => fake), gan.UpdateDiscriminator(1, _ => (fake, real)),
            gan.UpdatePenalty(1, _ => real),
        ];
        return said.SelectMany(update => update.Values).DistinctBy(pair => pair.Key).ToDictionary();
    }

    private GeneratorInput Fake(LowResolutionGan gan, int seed) =>
        new(TestTensors.Normal(gan.Generator.NoiseShape(2, Frames), seed, device), Frames, null, null);

    private static float[] Weights(LowResolutionGan gan) =>
        [.. StateDict.Write(gan.Generator).SelectMany(entry => entry.Values<float>())];
}
