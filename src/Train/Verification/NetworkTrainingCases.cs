using System.Text.RegularExpressions;
using GenKernels.Models.LongVideo;
using GenKernels.Train.LongVideo;

namespace GenKernels.Train.Verification;

/// <summary>
/// Steps of low-resolution training without augmentation: generator, discriminator, where there is <c>in.real_r1</c> the
/// penalty, average; the losses of every step and the whole state after the last.
/// </summary>
/// <remarks>
/// With β1 = 0 the first step of Adam has the size of the rate whatever the gradient, so that a gradient of nothing but
/// rounding moves its parameter at random, by no more than some rates. Parameters are therefore held in bulk.
/// </remarks>
internal sealed partial class NetworkTrainingCases : ICaseRunner
{
    private const double FewSteps = 0.02;

    public string Kind => "lres_train_steps";

    public bool Recognises(RecordedCase recorded) =>
        recorded.Has("in.noise_G.0") && recorded.Has("in.noise_D.0") && recorded.Has("in.real.0") && recorded.Rank("in.real.0") == 5;

    public CaseTolerance Tolerance(string result)
    {
        if (result.EndsWith(".parameters", StringComparison.Ordinal)) return new CaseTolerance(0.02);
        bool isLossOrMagnitude = !StateTensor().IsMatch(result) || result.EndsWith("magnitude_ema", StringComparison.Ordinal);
        return new CaseTolerance(1e-3, isLossOrMagnitude ? 0 : FewSteps);
    }

    public void Run(CaseRun run)
    {
        using LowResolutionGan gan = new(Preset(run), Options(run.Config), run.Device);
        NetworkState generator = new(run, gan.Generator, "G.");
        NetworkState discriminator = new(run, gan.Discriminator, "D.");
        generator.Load();
        discriminator.Load();
        gan.Average.Reset();
        List<double> generated = [], fake = [], real = [], penalty = [];
        for (int step = 0; run.Recorded.Has($"in.noise_G.{step}"); step++)
        {
            generated.Add(gan.UpdateGenerator([Noise(run, $"in.noise_G.{step}")]).Values["generator/loss"]);
            IReadOnlyDictionary<string, double> judged = gan.UpdateDiscriminator(
                [(Noise(run, $"in.noise_D.{step}"), Real(run, $"in.real.{step}"))]).Values;
            fake.Add(judged["discriminator/fake_loss"]);
            real.Add(judged["discriminator/real_loss"]);
            if (run.Recorded.Has($"in.real_r1.{step}"))
            {
                penalty.Add(gan.UpdatePenalty([Real(run, $"in.real_r1.{step}")]).Values["discriminator/r1_penalty"]);
            }

            gan.UpdateAverage(step);
        }

        run.Check("out.G_loss", [.. generated]);
        run.Check("out.D_fake", [.. fake]);
        run.Check("out.D_real", [.. real]);
        run.Check("out.r1_penalty", [.. penalty]);
        generator.CheckMoved("out.G.");
        discriminator.CheckMoved("out.D.");
        new NetworkState(run, gan.AverageGenerator, "G.").CheckMoved("out.G_ema.");
    }

    private static LowResolutionPreset Preset(CaseRun run)
    {
        CaseConfig config = run.Config;
        (int height, int width) = (config.RequiredInteger("height"), config.RequiredInteger("width"));
        return new LowResolutionPreset(
            "recorded", "of a recorded case", new NetworkSizes(run.Recorded, "G.").Generator(height, width),
            new NetworkSizes(run.Recorded, "D.").Discriminator(config.RequiredInteger("seq_length"), height, width),
            config.RequiredInteger("batch"));
    }

    private static LowResolutionTrainingOptions Options(CaseConfig config)
    {
        int interval = config.RequiredInteger("r1_interval");
        double ratio = interval / (interval + 1.0);
        return new LowResolutionTrainingOptions
        {
            GeneratorRate = config.RequiredNumber("G_lr"),
            DiscriminatorRate = config.RequiredNumber("D_lr") / ratio,
            Beta2 = config.RequiredNumbers("G_betas")[1],
            R1Gamma = config.RequiredNumber("r1_gamma"),
            R1Interval = interval,
        };
    }

    private static GeneratorInput Noise(CaseRun run, string name) => new(
        run.Constant(name).ToChannelsLast().Value, run.Config.RequiredInteger("seq_length"), Crop: null, Augmentation: null);

    private static RealInput Real(CaseRun run, string name) => new(run.Constant(name).ToChannelsLast().Value, Augmentation: null);

    [GeneratedRegex(@"^out\.(G|D|G_ema)\.")]
    private static partial Regex StateTensor();
}
