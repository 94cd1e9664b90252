using GenKernels.Autograd;
using GenKernels.Kernels.Movement;
using GenKernels.Models.LongVideo;
using GenKernels.Runtime;
using GenKernels.Train.LongVideo;

namespace GenKernels.Train.Verification;

/// <summary>
/// Training steps without augmentation. Losses are compared one by one. Adam without a first moment moves parameters
/// with tiny gradients in either direction, so the state of a network is compared as a whole: its error is relative to
/// the change since the start.
/// </summary>
internal sealed class LowResolutionTrainingCases : ICaseRunner
{
    private static readonly string[] s_networks = ["G", "D", "G_ema"];

    public string Kind => "lres_train_steps";

    public bool Recognises(RecordedCase recorded) =>
        recorded.Config.Has("disc_block_channels") && recorded.Has("in.noise_G.0") && recorded.Has("in.real.0");

    public CaseTolerance Tolerance(RecordedCase recorded, string result) =>
        new(s_networks.Contains(result) ? 2e-2 : 1e-3);

    public void Run(CaseRun run)
    {
        CaseConfig config = run.Config;
        int steps = config.RequiredInteger("steps");
        using LowResolutionGan gan = new(Preset(config), Options(config), run.Device);
        NetworkState.Load(gan.Generator, run, "G.");
        NetworkState.Load(gan.Discriminator, run, "D.");
        gan.Average.Reset();

        List<double> generatorLosses = [], fakeLosses = [], realLosses = [], penalties = [];
        int interval = config.Integer("r1_interval") ?? 16;
        for (int step = 0; step < steps; step++)
        {
            using TensorScope scope = run.Device.Scope();
            GeneratorInput forGenerator = Generated(run, $"in.noise_G.{step}");
            generatorLosses.Add(gan.UpdateGenerator(1, _ => forGenerator).Values["generator/loss"]);
            RealInput real = Real(run, $"in.real.{step}");
            GeneratorInput forDiscriminator = Generated(run, $"in.noise_D.{step}");
            IReadOnlyDictionary<string, double> values =
                gan.UpdateDiscriminator(1, _ => (forDiscriminator, real)).Values;
            fakeLosses.Add(values["discriminator/fake_loss"]);
            realLosses.Add(values["discriminator/real_loss"]);
            if (step % interval == 0)
            {
                RealInput penalised = Real(run, $"in.real_r1.{step}");
                penalties.Add(gan.UpdatePenalty(1, _ => penalised).Values["discriminator/r1_penalty"]);
            }

            gan.UpdateAverage(step);
        }

        run.Check("out.G_loss", generatorLosses.ToArray());
        run.Check("out.D_fake", fakeLosses.ToArray());
        run.Check("out.D_real", realLosses.ToArray());
        run.Check("out.r1_penalty", penalties.ToArray());
        CheckState(run, "G", "G", gan.Generator);
        CheckState(run, "D", "D", gan.Discriminator);
        CheckState(run, "G_ema", "G", gan.AverageGenerator);
    }

    private static void CheckState(CaseRun run, string name, string start, Module network)
    {
        List<string> results = [];
        double difference = 0, change = 0;
        foreach ((string tensor, _, double[] actual) in NamedTensors.Read(network))
        {
            string result = $"out.{name}.{tensor}";
            if (!run.Recorded.Has(result)) continue;
            double[] expected = run.Recorded.Values(result);
            string kind = run.Recorded.Has($"param.{start}.{tensor}") ? "param" : "buffer";
            double[] before = run.Recorded.Values($"{kind}.{start}.{tensor}");
            results.Add(result);
            for (int i = 0; i < expected.Length; i++)
            {
                difference += Math.Pow(actual[i] - expected[i], 2);
                change += Math.Pow(before[i] - expected[i], 2);
            }
        }

        if (results.Count > 0) run.CompareTogether(name, results, Math.Sqrt(difference), Math.Sqrt(change));
    }

    private static GeneratorInput Generated(CaseRun run, string name) => new(
        StridedCopy.Permute(run.Floats(name), 0, 2, 1), run.Config.RequiredInteger("seq_length"), null, null);

    private static RealInput Real(CaseRun run, string name) =>
        new(StridedCopy.Permute(run.Floats(name), 0, 2, 3, 4, 1), null);

    private static LowResolutionPreset Preset(CaseConfig config)
    {
        LowResolutionDiscriminatorOptions byDefault = new();
        LowResolutionDiscriminatorOptions discriminator = new()
        {
            FrameCount = config.RequiredInteger("seq_length"),
            Height = config.RequiredInteger("height"),
            Width = config.RequiredInteger("width"),
            BlockChannels = config.RequiredPairs("disc_block_channels"),
            EpilogueChannels = config.Integer("disc_epilogue_channels") ?? byDefault.EpilogueChannels,
        };
        return new LowResolutionPreset(
            "case", "sizes of a recorded case", LowResolutionGeneratorCases.Options(config), discriminator,
            config.RequiredInteger("batch"));
    }

    private static LowResolutionTrainingOptions Options(CaseConfig config)
    {
        LowResolutionTrainingOptions options = new()
        {
            BatchSize = config.RequiredInteger("batch"),
            GeneratorRate = config.RequiredNumber("G_lr"),
            Beta2 = config.RequiredNumbers("G_betas")[1],
            R1Gamma = config.Number("r1_gamma") ?? 1,
            R1Interval = config.Integer("r1_interval") ?? 16,
            RandomOffset = false,
            DiffAug = false,
            StretchRange = 0,
        };
        return options with { DiscriminatorRate = config.RequiredNumber("D_lr") / options.LazyRatio };
    }
}
