using GenKernels.Kernels.Attention;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Attention;

/// <summary>The sizes of one attention of a text-to-image U-Net, and its formula an element at a time.</summary>
/// <param name="Name">As the peers know it.</param>
/// <param name="Queries">Tokens that ask.</param>
/// <param name="Keys">Tokens that are asked.</param>
/// <param name="Channels">Of each of the eight heads.</param>
internal sealed record AttentionLayer(string Name, int Queries, int Keys, int Channels)
{
    private const int Clips = 2;
    private const int Heads = 8;

    /// <summary>Among the tokens of a picture, and from them to those of a text.</summary>
    internal static AttentionLayer[] All { get; } =
    [
        new("1024x40", 1024, 1024, 40), new("1024x80", 1024, 1024, 80), new("256x160", 256, 256, 160),
        new("1024x80 to 77", 1024, 77, 80),
    ];

    /// <summary>Among the tokens of the finest level, whose logits are many.</summary>
    internal static AttentionLayer[] Finest { get; } = [new("4096x40", 4096, 4096, 40), new("4096x80", 4096, 4096, 80)];

    internal Shape QueryShape => [Clips, Queries, Heads, Channels];

    internal Shape KeyShape => [Clips, Keys, Heads, Channels];

    internal AttentionOptions Options => AttentionOptions.For(Channels);

    /// <returns>The operations of so many products of the size of the logits.</returns>
    internal long Operations(int products) => 2L * products * Clips * Heads * Queries * Keys * Channels;

    /// <returns>An element of the result, from queries, keys and values.</returns>
    internal double Element(float[][] x, long index)
    {
        double[] weights = Weights(x, index);
        double sum = 0;
        for (int key = 0; key < Keys; key++) sum += weights[key] * x[2][KeyAt(index, key) + (index % Channels)];
        return sum;
    }

    /// <returns>An element of the queries' gradient, from queries, keys, values and what arrives.</returns>
    internal double QueryGradient(float[][] x, long index)
    {
        double[] weights = Weights(x, index);
        double[] slopes = [.. weights.Select((_, key) => Product(x[3], index, x[2], key))];
        double mean = weights.Zip(slopes, (weight, slope) => weight * slope).Sum();
        double sum = 0;
        for (int key = 0; key < Keys; key++)
        {
            sum += weights[key] * (slopes[key] - mean) * x[1][KeyAt(index, key) + (index % Channels)];
        }

        return sum * Options.Scale;
    }

    /// <returns>The softmax of the row of logits that an element belongs to.</returns>
    private double[] Weights(float[][] x, long index)
    {
        double[] weights =
            [.. Enumerable.Range(0, Keys).Select(key => Math.Exp(Options.Scale * Product(x[0], index, x[1], key)))];
        double total = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / total);
    }

    private double Product(float[] query, long index, float[] tokens, int key)
    {
        (long from, long to) = (index / Channels * Channels, KeyAt(index, key));
        double sum = 0;
        for (int c = 0; c < Channels; c++) sum += (double)query[from + c] * tokens[to + c];
        return sum;
    }

    private long KeyAt(long index, int key)
    {
        long head = index / Channels % Heads, clip = index / Channels / Heads / Queries;
        return ((((clip * Keys) + key) * Heads) + head) * Channels;
    }
}
