using GenKernels.Kernels.Attention;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Attention;

/// <summary>The sizes of one attention layer of a text-to-image U-Net, and its formula for single elements.</summary>
/// <param name="Name">Name in the peer's scripts.</param>
/// <param name="Queries">Number of query tokens.</param>
/// <param name="Keys">Number of key and value tokens.</param>
/// <param name="Channels">Channels of each of the eight heads.</param>
internal sealed record AttentionLayer(string Name, int Queries, int Keys, int Channels)
{
    private const int Clips = 2;
    private const int Heads = 8;

    /// <summary>Self-attention over the tokens of a picture, and cross-attention to those of a text.</summary>
    internal static AttentionLayer[] All { get; } =
    [
        new("1024x40", 1024, 1024, 40), new("1024x80", 1024, 1024, 80), new("256x160", 256, 256, 160),
        new("1024x80 to 77", 1024, 77, 80),
    ];

    /// <summary>Self-attention at the finest level, which has the most logits.</summary>
    internal static AttentionLayer[] Finest { get; } = [new("4096x40", 4096, 4096, 40), new("4096x80", 4096, 4096, 80)];

    internal Shape QueryShape => [Clips, Queries, Heads, Channels];

    internal Shape KeyShape => [Clips, Keys, Heads, Channels];

    internal Shape RowShape => [Clips, Heads, Queries];

    /// <summary>Shape of the statistics of every query that the gradients on tensor cores read.</summary>
    internal Shape StatisticsShape => [Clips, Heads, PaddedQueryCount, 2];

    internal AttentionOptions Options => AttentionOptions.For(Channels);

    /// <returns>The operations of a number of matrix products of the logits' size.</returns>
    internal long Operations(int products) => 2L * products * Clips * Heads * Queries * Keys * Channels;

    /// <returns>An element of the result, from queries, keys and values.</returns>
    internal double Element(float[][] x, long index)
    {
        double[] weights = Weights(x, index);
        double sum = 0;
        for (int key = 0; key < Keys; key++) sum += weights[key] * x[2][KeyAt(index, key) + (index % Channels)];
        return sum;
    }

    /// <returns>An element of the queries' gradient, from queries, keys, values and the upstream gradient.</returns>
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

    /// <returns>The case of one gradient alone, from queries, keys, values, upstream gradient and the statistics per
    /// query.</returns>
    internal KernelCase Gradient(
        string of, int products, Shape output, Func<Tensor[], Tensor> launch, Func<float[][], long, double> expected) =>
        new($"{Name} gradient of {of}", [QueryShape, KeyShape, KeyShape, QueryShape, StatisticsShape], output, launch,
            expected)
        {
            Type = ElementType.BFloat16,
            WideInputs = [4],
            Operations = Operations(products),
        };

    /// <returns>An element of the queries' gradient, from the inputs of <see cref="Gradient"/>.</returns>
    internal double QueryGradientOf(float[][] x, long index)
    {
        double sum = 0;
        for (int key = 0; key < Keys; key++)
        {
            long at = KeyAt(index, key);
            sum += Slope(x, index / Channels * Channels, at) * x[1][at + (index % Channels)];
        }

        return sum * Options.Scale;
    }

    /// <returns>An element of the keys' gradient, from the inputs of <see cref="Gradient"/>.</returns>
    internal double KeyGradientOf(float[][] x, long index)
    {
        double sum = 0;
        long token = index / Channels / Heads, clip = token / Keys;
        for (int query = 0; query < Queries; query++)
        {
            long at = ((((clip * Queries) + query) * Heads) + (index / Channels % Heads)) * Channels;
            sum += Slope(x, at, index / Channels * Channels) * x[0][at + (index % Channels)];
        }

        return sum * Options.Scale;
    }

    /// <returns>An element of the statistics per query, from result, upstream gradient and log-sum-exps.</returns>
    internal double Statistic(float[][] x, long index)
    {
        long row = index / 2, query = row % PaddedQueryCount, pair = row / PaddedQueryCount;
        if (query >= Queries) return 0;
        if (index % 2 == 0) return x[2][(pair * Queries) + query] / Math.Log(2);
        long from = ((((pair / Heads * Queries) + query) * Heads) + (pair % Heads)) * Channels;
        double sum = 0;
        for (int c = 0; c < Channels; c++) sum += (double)x[0][from + c] * x[1][from + c];
        return sum;
    }

    private int PaddedQueryCount => AttentionGradientPreprocess.PaddedQueryCount(Queries);

    /// <returns>The gradient of a scaled logit, for the query and the key that start at these elements.</returns>
    private double Slope(float[][] x, long query, long key)
    {
        double logit = 0, slope = 0;
        for (int c = 0; c < Channels; c++)
        {
            logit += (double)x[0][query + c] * x[1][key + c];
            slope += (double)x[3][query + c] * x[2][key + c];
        }

        long token = query / Channels / Heads, head = query / Channels % Heads;
        long at = ((((token / Queries * Heads) + head) * PaddedQueryCount) + (token % Queries)) * 2;
        return Math.Pow(2, (logit * Options.Scale / Math.Log(2)) - x[4][at]) * (slope - x[4][at + 1]);
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
