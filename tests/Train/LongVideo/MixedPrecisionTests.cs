using GenKernels.Autograd;
using GenKernels.Kernels.Elementwise;
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
    /// Some twenty layers each round by half a unit in the last place, which adds up like a random walk. Later steps
    /// deviate more: Adam's steps are as large for small gradients, whose sign rounding may flip, as for others.
    /// </summary>
    [Test]
    public void EveryPrecisionTrainsWithLossesNearThoseOf32Bits([ValueSource(nameof(s_names))] string name)
    {
        int steps = device.Kind == DeviceKind.Simt ? 1 : 4;
        Dictionary<string, double>[] expected = Train(Precision.Fp32, steps);
        Dictionary<string, double>[] actual = Train(Precision.Find(name)!, steps);
        double unit = name switch { "fp32" => 0, "bf16" => 1.0 / 128, _ => 1.0 / 1024 };
        for (int step = 0; step < steps; step++)
        {
            foreach ((string what, double value) in expected[step])
            {
                double allowed = step == 0 || name == "fp32" ? 4 * unit : 0.05;
                double size = what == "discriminator/r1_penalty" ? 2 * value : 1;
                Assert.That(actual[step][what], Is.EqualTo(value).Within(allowed * size), $"{what}, step {step}");
            }
        }
    }

    /// <summary>
    /// All gradients, including the second-order ones of the penalty, are judged by what rounding weights and inputs
    /// does to the 32-bit gradients. A discriminator's gradients are small differences of those of generated and of
    /// real clips, which rounded weights leave alike but rounded activations do not.
    /// </summary>
    [Test]
    public void GradientsAreAsExactAsTheirType([Values("bf16", "fp16")] string name)
    {
        Precision precision = Precision.Find(name)!;
        double[][] exact = Gradients(Precision.Fp32), mixed = Gradients(precision);
        double[][] plain = Gradients(Precision.Fp32, precision.Activations);
        for (int update = 0; update < exact.Length; update++)
        {
            double error = Distance(mixed[update], exact[update]), usual = Distance(plain[update], exact[update]);
            TestContext.Out.WriteLine($"update {update}: off by {error:g3}, rounded weights alone by {usual:g3}");
            Assert.That(error, Is.Positive.And.LessThan(4 * usual), $"update {update}");
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
        Assert.That(said["generator/loss"], Is.EqualTo(Math.Log(2)).Within(0.01), "at first scores are near 0");
        Assert.That((said["generator/loss_scale"], said["generator/skipped_steps"]), Is.EqualTo((0.5 * 1e30f, 1)));

        state.CopyFrom<float>([256, 0, 1, 1]);
        said = gan.UpdateGenerator(1, _ => Fake(gan, seed: 2)).Values;
        Assert.That(Weights(gan), Is.Not.EqualTo(before).And.All.Matches<float>(float.IsFinite));
        Assert.That((said["generator/loss_scale"], said["generator/skipped_steps"]), Is.EqualTo((256, 1)));
        AdamOptimizer optimizer = gan.GeneratorOptimizer;
        Assert.That((optimizer.StepCount, optimizer.SkippedCount), Is.EqualTo((2, 1)));
    }

    /// <summary>Casts of weights are temporary, and what is kept for the backward pass has 16 bits.</summary>
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

    /// <returns>Networks whose initial loss scale is so small that no step is skipped.</returns>
    private LowResolutionGan NewWithoutOverflow(Precision precision)
    {
        LowResolutionGan gan = New(precision);
        foreach (AdamOptimizer optimizer in (AdamOptimizer[])[gan.GeneratorOptimizer, gan.DiscriminatorOptimizer])
        {
            optimizer.LossScale?.State.CopyFrom<float>([1024, 0, 1, 0]);
        }

        return gan;
    }

    /// <returns>The gradients of both networks' updates and of the penalty, which with β1 = 0 are Adam's first
    /// moments.</returns>
    private double[][] Gradients(Precision precision, ElementType type = ElementType.Float32) =>
        [.. Enumerable.Range(0, 3).Select(update =>
        {
            using TensorScope scope = device.Scope();
            using LowResolutionGan gan = NewWithoutOverflow(precision);
            (string, Parameter)[] all =
                [.. gan.Generator.NamedParameters(), .. gan.Discriminator.NamedParameters()];
            foreach ((_, Parameter parameter) in all)
            {
                parameter.Value.Value.CopyFrom(Rounded(parameter.Value.Value, type));
            }

            GeneratorInput fake = Fake(gan, seed: 1);
            fake = fake with { Noise = Rounded(fake.Noise, type) };
            RealInput real = Real(seed: 2);
            real = real with { Video = Rounded(real.Video, type) };
            if (update == 0) gan.UpdateGenerator(1, _ => fake);
            if (update == 1) gan.UpdateDiscriminator(1, _ => (fake, real));
            if (update == 2) gan.UpdatePenalty(1, _ => real);
            AdamOptimizer optimizer = update == 0 ? gan.GeneratorOptimizer : gan.DiscriminatorOptimizer;
            Assert.That(optimizer.SkippedCount, Is.Zero);
            return (double[])
            [
                .. optimizer.WriteState()
                    .Where(entry => entry.Name.StartsWith("first_moment.", StringComparison.Ordinal))
                    .SelectMany(entry => entry.Values<float>()).Select(value => (double)value),
            ];
        })];

    private Dictionary<string, double>[] Train(Precision precision, int steps)
    {
        using TensorScope scope = device.Scope();
        using LowResolutionGan gan = NewWithoutOverflow(precision);
        Dictionary<string, double>[] said = [.. Enumerable.Range(0, steps).Select(step => Step(gan, step))];
        Assert.That((gan.GeneratorOptimizer.SkippedCount, gan.DiscriminatorOptimizer.SkippedCount), Is.EqualTo((0, 0)));
        return said;
    }

    /// <returns>The statistics of both networks' updates and of the penalty.</returns>
    private Dictionary<string, double> Step(LowResolutionGan gan, int step)
    {
        using TensorScope scope = device.Scope();
        GeneratorInput fake = Fake(gan, step);
        RealInput real = Real(seed: 100 + step);
        StepStatistics[] said =
        [
            gan.UpdateGenerator(1, _ => fake), gan.UpdateDiscriminator(1, _ => (fake, real)),
            gan.UpdatePenalty(1, _ => real),
        ];
        return said.SelectMany(update => update.Values).DistinctBy(pair => pair.Key).ToDictionary();
    }

    private GeneratorInput Fake(LowResolutionGan gan, int seed) =>
        new(TestTensors.Normal(gan.Generator.NoiseShape(2, Frames), seed, device), Frames, null, null);

    private RealInput Real(int seed) => new(TestTensors.Normal([2, Frames, 8, 16, 3], seed, device), null);

    private static Tensor Rounded(Tensor x, ElementType type) =>
        Cast.Forward(Cast.Forward(x, type), ElementType.Float32);

    /// <returns>The root mean square of the difference, relative to that of the expected values.</returns>
    private static double Distance(double[] actual, double[] expected) => Math.Sqrt(
        actual.Zip(expected, (a, b) => (a - b) * (a - b)).Sum() / expected.Sum(value => value * value));

    private static float[] Weights(LowResolutionGan gan) =>
        [.. StateDict.Write(gan.Generator).SelectMany(entry => entry.Values<float>())];
}
