using System.Text.Json;
using GenKernels.Autograd;
using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// The low-resolution networks in the size of the paper. Weights and inputs are made from hashes by the table in the metadata;
/// of inner activations 16 values are recorded, evenly spaced in the layout of the release.
/// </summary>
internal sealed class NetworkFullSizeCases : ICaseRunner
{
    private const int ProbeCount = 16;

    // The release observes modules, ours stages; these two have other names.
    private static readonly Dictionary<string, string> s_probes = new()
    {
        ["latent_w"] = "latent_mapping",
        ["temporal_input"] = "w_to_temp_input",
    };

    public string Kind => "longvideo_lres";

    public bool Recognises(RecordedCase recorded)
    {
        string table = recorded.Metadata.GetValueOrDefault("table", "");
        return table.Contains("\"temporal_layers.0.weight_0\"", StringComparison.Ordinal)
            || table.Contains("\"blocks.0.conv_vid.weight\"", StringComparison.Ordinal);
    }

    public CaseTolerance Tolerance(string result) => new(2e-4);

    public void Run(CaseRun run)
    {
        using IDisposable mode = GradientMode.Disable();
        using JsonDocument table = JsonDocument.Parse(run.Recorded.Metadata["table"]);
        using Initializer initializer = new(run.Device, seed: 0);
        if (run.Config.Has("video_shape")) RunDiscriminator(run, table.RootElement, initializer);
        else RunGenerator(run, table.RootElement, initializer);
    }

    private static void RunGenerator(CaseRun run, JsonElement table, Initializer initializer)
    {
        int[] shape = run.Config.Integers("noise_shape") ?? throw new UnknownCaseException("the config lacks noise_shape");
        using LowResolutionGenerator generator = new(new LowResolutionGeneratorOptions(), initializer);
        Fill(run, generator, table);
        Variable video = generator.Forward(
            Input(run, table, "in.noise", [.. shape]).ToChannelsLast(), run.Config.RequiredInteger("seq_length"),
            observe: (stage, value) => CheckProbe(run, stage, value));
        run.Check("out.video", Thinned(video, 1, run.Recorded.Shape("out.video")[2]).ToChannelsFirst());
    }

    private static void RunDiscriminator(CaseRun run, JsonElement table, Initializer initializer)
    {
        int[] shape = run.Config.Integers("video_shape") ?? [];
        if (shape.Length != 5) throw new UnknownCaseException("the config's video_shape must have five sizes");
        LowResolutionDiscriminatorOptions options = new() { FrameCount = shape[2], Height = shape[3], Width = shape[4] };
        using LowResolutionDiscriminator discriminator = new(options, initializer);
        Fill(run, discriminator, table);
        Variable video = Input(run, table, "in.video", [.. shape]).ToChannelsLast();
        run.Check("out.logits", discriminator.Forward(video, (stage, value) => CheckProbe(run, stage, value)));
    }

    /// <summary>Sets every parameter; buffers keep what they were made with.</summary>
    private static void Fill(CaseRun run, Module network, JsonElement table) =>
        StateDict.Load(network, StateDict.Write(network).Where(entry => table.TryGetProperty(entry.Name, out _)).Select(
            entry => StateEntry.From(entry.Name, entry.Shape, Hashed(run, table, entry.Name, entry.Shape))), strict: false);

    private static Variable Input(CaseRun run, JsonElement table, string key, Shape shape) =>
        new(Tensor.From(Hashed(run, table, key, shape), shape, run.Device));

    private static float[] Hashed(CaseRun run, JsonElement table, string key, Shape shape)
    {
        JsonElement range = table.GetProperty(key);
        float[] values = new float[shape.ElementCount];
        HashedWeights.Fill(values, run.Recorded.Metadata["salt"], key, range[0].GetSingle(), range[1].GetSingle());
        return values;
    }

    private static void CheckProbe(CaseRun run, string stage, Variable value)
    {
        if (stage == "temporal_emb") CheckEmbedding(run, value);
        string name = $"probe.{s_probes.GetValueOrDefault(stage, stage)}";
        if (!run.Recorded.Has(name)) return;

        // Linear layers are observed as they are: a row a frame, or a row a clip.
        bool isOfRows = stage == "temporal_input" || value.Shape.Rank == 2;
        float[] values = (isOfRows ? value : value.ToChannelsFirst()).Value.ToArray<float>();
        int stride = values.Length / ProbeCount;
        run.Check(name, [.. Enumerable.Range(0, ProbeCount).Select(index => (double)values[index * stride])]);
    }

    private static void CheckEmbedding(CaseRun run, Variable embedding)
    {
        if (!run.Recorded.Has("out.temporal_emb")) return;
        Shape recorded = run.Recorded.Shape("out.temporal_emb");
        Variable kept = Thinned(Thinned(embedding, 1, recorded[2]), 2, recorded[1]);
        run.Check("out.temporal_emb", kept.ToChannelsFirst());
    }

    /// <returns>Every so many-th slice, from the first, so that <paramref name="count"/> remain.</returns>
    private static Variable Thinned(Variable x, int axis, int count)
    {
        int step = x.Shape[axis] / count;
        Shape split = [.. x.Shape.Take(axis), count, step, .. x.Shape.Skip(axis + 1)];
        Shape thin = [.. x.Shape.Take(axis), count, .. x.Shape.Skip(axis + 1)];
        return x.Window(axis, 0, count * step).Reshape(split).Window(axis + 1, 0, 1).Reshape(thin);
    }
}
