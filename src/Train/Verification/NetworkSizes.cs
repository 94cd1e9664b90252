using System.Text.Json;
using GenKernels.Models.LongVideo;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>The sizes of the networks of a recorded case, read off its parameters; what no shape tells is in the config.</summary>
/// <param name="recorded">Holds the parameters.</param>
/// <param name="prefix">What their names begin with after <c>param.</c>: <c>G.</c>, <c>D.</c> or nothing.</param>
internal sealed class NetworkSizes(RecordedCase recorded, string prefix = "")
{
    /// <exception cref="UnknownCaseException">A parameter or a setting is missing, or means something else here.</exception>
    public LowResolutionGeneratorOptions Generator(int height, int width)
    {
        Shape mapping = Parameter("latent_mapping.layer_0.weight");
        Shape taps = Parameter("temporal_layers.0.weight_0");
        CaseConfig bank = Section("embedding_kwargs");
        return new LowResolutionGeneratorOptions
        {
            Height = height,
            Width = width,
            EmbeddingChannels = mapping[1],
            LatentChannels = mapping[0],
            Embedding = new NoiseEmbeddingOptions(
                bank.RequiredInteger("blur_widths"), bank.RequiredNumber("min_sampling_rate"),
                bank.RequiredNumber("max_sampling_rate")),
            TemporalPadding = recorded.Config.RequiredInteger("temporal_padding"),
            TemporalTaps = taps[2],
            SpatialTaps = taps[3],
            OutputScale = (float)(recorded.Config.Number("output_scale") ?? 0.25),
            TemporalChannels = Channels("temporal_layers.{0}.weight_1"),
            SpatialChannels = Channels("spatial_layers.{0}.weight_1"),
        };
    }

    /// <inheritdoc cref="Generator" path="/exception"/>
    public LowResolutionDiscriminatorOptions Discriminator(int frameCount, int height, int width)
    {
        RequireEdge(Math.Max(height, width));
        Shape taps = Parameter("blocks.1.conv_0.weight");
        return new LowResolutionDiscriminatorOptions
        {
            FrameCount = frameCount,
            Height = height,
            Width = width,
            BlockChannels = Channels("blocks.{0}.conv_1.weight"),
            TemporalTaps = taps[2],
            SpatialTaps = taps[3],
            EpilogueChannels = Parameter("epilogue.conv1d_0.weight")[0],
            EpilogueConvolutions = Count("epilogue.conv1d_{0}.weight"),
        };
    }

    private (int In, int Out)[] Channels(string pattern) =>
        [.. Enumerable.Range(0, Count(pattern)).Select(block => Parameter(Name(pattern, block))).Select(shape => (shape[1], shape[0]))];

    private int Count(string pattern) =>
        Enumerable.Range(0, int.MaxValue).TakeWhile(index => recorded.Has(FullName(Name(pattern, index)))).Count();

    private static string Name(string pattern, int index) => pattern.Replace("{0}", $"{index}", StringComparison.Ordinal);

    private string FullName(string name) => $"param.{prefix}{name}";

    private Shape Parameter(string name)
    {
        string full = FullName(name);
        return recorded.Has(full) ? recorded.Shape(full) : throw new UnknownCaseException($"the case has no {full}");
    }

    private CaseConfig Section(string name)
    {
        using JsonDocument config = JsonDocument.Parse(recorded.Metadata.GetValueOrDefault("config", "{}"));
        return config.RootElement.ValueKind == JsonValueKind.Object && config.RootElement.TryGetProperty(name, out JsonElement section)
            ? new CaseConfig(section.Clone())
            : throw new UnknownCaseException($"the config lacks {name}");
    }

    private void RequireEdge(int edge)
    {
        int recordedEdge = recorded.Config.Integer("max_edge") ?? edge;
        if (recordedEdge != edge) throw new UnknownCaseException($"videos padded to {recordedEdge}, here to {edge}");
    }
}
