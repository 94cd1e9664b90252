using GenKernels.Autograd;
using GenKernels.Tests.Models.LongVideo;
using GenKernels.Train.LongVideo;

namespace GenKernels.Tests.Train.LongVideo;

public sealed class LowResolutionGanTests
{
    private const int Frames = 8;
    private static readonly Device s_device = TestDevices.Usual;

    [Test]
    public void StepsOfTrainingMatchTheRecordedOnes() =>
        RecordedCases.Hold("longvideo/lres_train_steps.safetensors", s_device);

    /// <summary>After one step of Adam, the second moments are (1 - β2) times the squared gradients.</summary>
    [Test]
    public void ABatchInTwoPartsHasTheGradientsOfTheWhole()
    {
        LowResolutionTrainingOptions options = SmallestRun.Options with { MagnitudeBeta = 1 };
        using TensorScope scope = s_device.Scope();
        using LowResolutionGan whole = new(SmallestPreset.Preset, options, s_device);
        using LowResolutionGan parts = new(SmallestPreset.Preset, options, s_device);
        Shape noiseShape = whole.Generator.NoiseShape(4, Frames);
        Variable noise = new(TestTensors.Normal(noiseShape, seed: 1, s_device));
        Variable video = new(TestTensors.Normal([4, Frames, 8, 16, 3], seed: 2, s_device));

        double wholeLoss = whole.UpdateGenerator(1, _ => Fake(noise)).Values["generator/loss"];
        double partsLoss = parts.UpdateGenerator(2, part => Fake(Half(noise, part))).Values["generator/loss"];
        Assert.That(partsLoss, Is.EqualTo(wholeLoss).Within(Tolerance.Float32));
        AssertSameMoments(parts.GeneratorOptimizer, whole.GeneratorOptimizer);

        StateDict.Load(parts.Generator, StateDict.Write(whole.Generator));
        whole.UpdateDiscriminator(1, _ => (Fake(noise), Real(video)));
        parts.UpdateDiscriminator(2, part => (Fake(Half(noise, part)), Real(Half(video, part))));
        AssertSameMoments(parts.DiscriminatorOptimizer, whole.DiscriminatorOptimizer);

        StateDict.Load(parts.Discriminator, StateDict.Write(whole.Discriminator));
        whole.UpdatePenalty(1, _ => Real(video));
        parts.UpdatePenalty(2, part => Real(Half(video, part)));
        AssertSameMoments(parts.DiscriminatorOptimizer, whole.DiscriminatorOptimizer);
    }

    /// <summary>The decay is min(0.5^(log_0.5(β) (warm-up + 1) / (step + 1)), β).</summary>
    [Test]
    public void TheAverageFollowsQuicklyAtFirst()
    {
        LowResolutionTrainingOptions options = SmallestRun.Options with { AverageBeta = 0.9, AverageWarmup = 4 };
        using TensorScope scope = s_device.Scope();
        using LowResolutionGan gan = new(SmallestPreset.Preset, options, s_device);
        double[] average = Values(gan.AverageGenerator);
        Assert.That(average, Is.EqualTo(Values(gan.Generator)));
        for (int step = 0; step < 6; step++)
        {
            Variable noise = new(TestTensors.Normal(gan.Generator.NoiseShape(2, Frames), seed: step, s_device));
            gan.UpdateGenerator(1, _ => Fake(noise));
            gan.UpdateAverage(step);
            double beta = step < 4 ? Math.Pow(0.9, 5.0 / (step + 1)) : 0.9;
            average = [.. average.Zip(Values(gan.Generator), (a, current) => a + ((1 - beta) * (current - a)))];
            double off = Values(gan.AverageGenerator).Zip(average, (a, b) => Math.Abs(a - b) / (1 + Math.Abs(b))).Max();
            Assert.That(off, Is.LessThan(Tolerance.Float32), $"step {step}");
        }
    }

    /// <summary>The running magnitudes change in the discriminator's update only.</summary>
    [Test]
    public void MagnitudesMoveWhenTheDiscriminatorLearns()
    {
        using TensorScope scope = s_device.Scope();
        using LowResolutionGan gan = new(SmallestPreset.Preset, SmallestRun.Options, s_device);
        Variable noise = new(TestTensors.Normal(gan.Generator.NoiseShape(2, Frames), seed: 1, s_device));
        gan.UpdateGenerator(1, _ => Fake(noise));
        Assert.That(Magnitudes(gan), Is.All.EqualTo(1));
        RealInput real = new(TestTensors.Normal([2, Frames, 8, 16, 3], seed: 2, s_device), null);
        gan.UpdateDiscriminator(1, _ => (Fake(noise), real));
        Assert.That(Magnitudes(gan), Is.All.Not.EqualTo(1).And.All.Positive);
    }

    [Test]
    public void ASecondThreadIsRefusedInTheMiddleOfAnUpdate()
    {
        using LowResolutionGan gan = new(SmallestPreset.Preset, SmallestRun.Options, s_device);
        Task? second = null;
        gan.UpdateGenerator(1, _ =>
        {
            second = Task.Run(() => gan.UpdatePenalty(0, NoInput));
            second.ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
            return Fake(new(TestTensors.Normal(gan.Generator.NoiseShape(1, Frames), seed: 1, s_device)));
        });
        Assert.That(
            () => second!.GetAwaiter().GetResult(),
            Throws.InvalidOperationException.With.Message.EqualTo(
                "the networks are being updated by another thread; they can be trained by one thread at a time"));
        Assert.That(() => gan.UpdatePenalty(0, NoInput), Throws.Nothing, "the first is done");

        static RealInput NoInput(int part) => throw new InvalidOperationException($"there is no part {part}");
    }

    private static GeneratorInput Fake(Variable noise) => new(noise.Value, Frames, Places: null, Augmentation: null);

    private static RealInput Real(Variable video) => new(video.Value, Augmentation: null);

    private static Variable Half(Variable x, int part) => x.Window(0, part * x.Shape[0] / 2, x.Shape[0] / 2);

    private static void AssertSameMoments(AdamOptimizer actual, AdamOptimizer expected)
    {
        (StateEntry[] left, StateEntry[] right) = (Moments(actual), Moments(expected));
        for (int index = 0; index < right.Length; index++)
        {
            double[] roots = Array.ConvertAll(right[index].Values<float>(), value => Math.Sqrt(value));
            Assert.That(
                Array.ConvertAll(left[index].Values<float>(), value => Math.Sqrt(value)),
                Is.EqualTo(roots).Within(1e-5 * roots.Max()), right[index].Name);  // sums over clips, in another order
        }
    }

    private static StateEntry[] Moments(AdamOptimizer optimizer) =>
        [.. optimizer.WriteState().Where(entry => entry.Name.StartsWith("second_moment.", StringComparison.Ordinal))];

    private static float[] Magnitudes(LowResolutionGan gan) =>
        [.. gan.Generator.NamedBuffers().Where(entry => entry.Name.EndsWith("magnitude_ema", StringComparison.Ordinal))
            .Select(entry => entry.Buffer.Value.ToArray<float>()[0])];

    private static double[] Values(Module module) =>
        [.. StateDict.Write(module).SelectMany(entry => entry.Values<float>()).Select(value => (double)value)];
}
