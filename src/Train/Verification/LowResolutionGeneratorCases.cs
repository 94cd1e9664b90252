using GenKernels.Autograd;
using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>The low-resolution generator; gradients are those of sum(video · in.proj).</summary>
internal sealed class LowResolutionGeneratorCases : ICaseRunner
{
    public string Kind => "longvideo_lres_G";

    public bool HasKinks => true;

    public bool Recognises(RecordedCase recorded) =>
        recorded.Config.Text("kind") == "lres.VideoGenerator"
        || (recorded.Config.Has("noise_shape")
            && HashedTensors.Of(recorded)?.Has("temporal_layers.0.weight_0") == true);

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => NetworkState.Tolerance(recorded, result);

    public void Run(CaseRun run)
    {
        HashedTensors? hashed = HashedTensors.Of(run.Recorded);
        using Initializer initializer = new(run.Device, seed: 0);
        using LowResolutionGenerator network = new(hashed is null ? Options(run.Config) : new(), initializer);
        NetworkState.Load(network, run);
        if (hashed is not null)
        {
            using IDisposable mode = GradientMode.Disable();
            int[] sizes = run.Config.Integers("noise_shape")!;
            Variable made = new(Tensor.From(hashed.Make("in.noise", [.. sizes]), [.. sizes], run.Device));
            Generate(run, network, made);
            return;
        }

        Variable video = Generate(run, network, run.Leaf("in.noise"));
        foreach ((string name, Shape shape, double[] values) in NamedTensors.Read(network))
        {
            run.Check($"out.buffer_after.{name}", shape, values);
        }

        if (!run.Recorded.Has("in.proj")) return;
        Variable loss = (video * run.Constant("in.proj")).Sum();
        run.Check("out.loss", loss);
        NetworkState.CheckGradients(run, "grad", network, loss);
        run.CheckGradients("grad.in", loss);
    }

    /// <summary>The sizes of a generator, read under the records' names.</summary>
    internal static LowResolutionGeneratorOptions Options(CaseConfig config)
    {
        LowResolutionGeneratorOptions byDefault = new();
        CaseConfig embedding = config.Section("embedding_kwargs");
        return new LowResolutionGeneratorOptions
        {
            Height = config.Integer("out_height") ?? config.RequiredInteger("height"),
            Width = config.Integer("out_width") ?? config.RequiredInteger("width"),
            EmbeddingChannels = config.RequiredInteger("temporal_emb_dim"),
            LatentChannels = config.RequiredInteger("latent_w_dim"),
            Embedding = new NoiseEmbeddingOptions(
                embedding.RequiredInteger("blur_widths"), embedding.RequiredNumber("min_sampling_rate"),
                embedding.RequiredNumber("max_sampling_rate")),
            TemporalPadding = config.Integer("temporal_padding") ?? byDefault.TemporalPadding,
            TemporalTaps = config.Integer("temporal_ksize") ?? byDefault.TemporalTaps,
            SpatialTaps = config.Integer("spatial_ksize") ?? byDefault.SpatialTaps,
            OutputScale = (float?)config.Number("output_scale") ?? byDefault.OutputScale,
            TemporalChannels = config.RequiredPairs("temporal_channels"),
            SpatialChannels = config.RequiredPairs("spatial_channels"),
        };
    }

    private static Variable Generate(CaseRun run, LowResolutionGenerator network, Variable noise)
    {
        int frameCount = run.Config.RequiredInteger("seq_length");
        float beta = (float?)run.Config.Number("magnitude_ema_beta") ?? 1;
        Variable video =
            network.Forward(noise.ToChannelsLast(), frameCount, beta, null, (name, value) =>
                CheckStage(run, name, value));
        return video.ToChannelsFirst();
    }

    private static void CheckStage(CaseRun run, string name, Variable value)
    {
        run.CheckStage(name, value.ToChannelsFirst());
        if (name == "latent_w") run.CheckStage("latent_mapping", value.ToChannelsFirst());
        if (name == "temporal_input") run.CheckStage("w_to_temp_input", value);  // one row per frame
    }
}
