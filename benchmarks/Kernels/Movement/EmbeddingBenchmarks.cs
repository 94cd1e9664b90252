using GenKernels.Kernels.Movement;

namespace GenKernels.Benchmarks.Kernels.Movement;

/// <summary>The token embedding of a batch of sentences in CLIP's vocabulary, and the gradient of its table.</summary>
public class EmbeddingBenchmarks : KernelBenchmarks
{
    private const int Vocabulary = 49408;
    private const int Channels = 768;
    private const int Tokens = 32 * 77;

    private static readonly int[] s_ids = Ids();
    private static readonly DeviceConstant<int> s_tensor = new(s_ids);

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        new(
            $"Embedding of {Tokens} tokens", [[Vocabulary, Channels]], [Tokens, Channels],
            inputs => Embedding.Forward(inputs[0], s_tensor.Value),
            (inputs, index) => inputs[0][(s_ids[index / Channels] * (long)Channels) + (index % Channels)])
        {
            Bytes = 2L * Tokens * Channels * sizeof(float),
        },
        new(
            $"gradient of Embedding of {Tokens} tokens", [[Tokens, Channels]], [Vocabulary, Channels],
            inputs => Embedding.Gradient(inputs[0], s_tensor.Value, Vocabulary),
            (inputs, index) => s_ids.Index().Where(token => token.Item == index / Channels)
                .Sum(token => (double)inputs[0][(token.Index * (long)Channels) + (index % Channels)]))
        {
            Scale = Math.Sqrt(Tokens),
        },
    ];

    /// <summary>Sentences of a few words, padded with one token.</summary>
    private static int[] Ids()
    {
        System.Random random = new(1);
        return [.. Enumerable.Range(0, Tokens).Select(token =>
            token % 77 < 12 ? random.Next(Vocabulary) : Vocabulary - 1)];
    }
}
