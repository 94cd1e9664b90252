using GenKernels.Kernels.Attention;

namespace GenKernels.Tests.Kernels.Attention;

/// <summary>Sizes and options of an attention, and its formula in double precision.</summary>
public sealed record AttentionSetting(
    int Clips, int Queries, int Keys, int Heads, int Channels, bool IsCausal = false)
{
    /// <summary>
    /// Sizes around the tiles: 64 tokens on devices with warps (32 in double and for long heads); 32 queries (16 in
    /// double) and 96 or 64 keys on the host, with strips of 12 rows.
    /// </summary>
    public static AttentionSetting[] All { get; } =
    [
        new(1, 1, 1, 1, 1), new(2, 5, 7, 3, 5), new(2, 7, 5, 2, 8, true), new(1, 5, 9, 2, 16, true),
        new(1, 31, 33, 2, 40), new(1, 33, 31, 1, 64, true), new(1, 64, 65, 1, 12), new(1, 65, 64, 1, 80),
        new(1, 97, 95, 1, 9), new(1, 63, 97, 1, 17, true), new(1, 130, 129, 1, 5, true), new(1, 17, 15, 1, 160),
        new(1, 3, 2, 1, 512), new(1, 33, 34, 1, 177, true), new(1, 1, 200, 1, 4),
    ];

    public AttentionOptions Options => AttentionOptions.For(Channels, IsCausal) with { Scale = 0.4f };

    public Shape QueryShape => [Clips, Queries, Heads, Channels];

    public Shape KeyShape => [Clips, Keys, Heads, Channels];

    /// <returns>Queries, keys, values and the upstream gradient: the same at each call.</returns>
    public (Tensor Q, Tensor K, Tensor V, Tensor Dy) Inputs(Device device, ElementType type) =>
        (TestTensors.Normal(QueryShape, seed: 1, device, type), TestTensors.Normal(KeyShape, seed: 2, device, type),
            TestTensors.Normal(KeyShape, seed: 3, device, type), TestTensors.Normal(QueryShape, seed: 4, device, type));

    /// <returns>The same with a NaN in one query of each sequence, the one of the given index.</returns>
    public (Tensor Q, Tensor K, Tensor V) InputsWithNaN(Device device, ElementType type, int index)
    {
        (Tensor q, Tensor k, Tensor v, _) = Inputs(device, type);
        double[] values = q.ToDoubles();
        for (int clip = 0; clip < Clips; clip++)
        {
            Array.Fill(values, double.NaN, ((clip * Queries) + index) * Heads * Channels, Heads * Channels);
        }

        return (TestTensors.From(values, QueryShape, device, type), k, v);
    }

    public override string ToString() =>
        $"{Clips} x {Queries} to {Keys}, {Heads} heads of {Channels}{(IsCausal ? ", causal" : "")}";

    /// <returns>The result, and every row's log-sum-exp.</returns>
    public (double[] Y, double[] LogSumExp) Forward(double[] q, double[] k, double[] v)
    {
        (double[] y, double[] rows) = (new double[q.Length], new double[Clips * Heads * Queries]);
        ForEachRow((row, query) =>
        {
            double[] logits = Logits(q, k, row, query);
            double largest = logits.Max();
            rows[row] = largest + Math.Log(logits.Sum(logit => Math.Exp(logit - largest)));
            for (int key = 0; key < logits.Length; key++)
            {
                double weight = Math.Exp(logits[key] - rows[row]);
                int from = KeyAt(row, key), to = QueryAt(row, query);
                for (int c = 0; c < Channels; c++) y[to + c] += weight * v[from + c];
            }
        });
        return (y, rows);
    }

    /// <returns>The gradients of queries, keys and values.</returns>
    public (double[] Dq, double[] Dk, double[] Dv) Gradients(double[] q, double[] k, double[] v, double[] dy)
    {
        (double[] dq, double[] dk, double[] dv) = (new double[q.Length], new double[k.Length], new double[v.Length]);
        double[] rows = Forward(q, k, v).LogSumExp;
        ForEachRow((row, query) =>
        {
            int at = QueryAt(row, query);
            double[] weights = [.. Logits(q, k, row, query).Select(logit => Math.Exp(logit - rows[row]))];
            double[] slopes = [.. weights.Select((_, key) => Product(dy, at, v, KeyAt(row, key)))];
            double mean = weights.Zip(slopes, (weight, slope) => weight * slope).Sum();
            for (int key = 0; key < weights.Length; key++)
            {
                int from = KeyAt(row, key);
                double slope = Options.Scale * weights[key] * (slopes[key] - mean);
                for (int c = 0; c < Channels; c++)
                {
                    dq[at + c] += slope * k[from + c];
                    dk[from + c] += slope * q[at + c];
                    dv[from + c] += weights[key] * dy[at + c];
                }
            }
        });
        return (dq, dk, dv);
    }

    private void ForEachRow(Action<int, int> body)
    {
        for (int row = 0; row < Clips * Heads * Queries; row++) body(row, row % Queries);
    }

    private double[] Logits(double[] q, double[] k, int row, int query)
    {
        int seen = IsCausal ? Math.Min(Keys, query + 1) : Keys;
        return [.. Enumerable.Range(0, seen).Select(key =>
            Options.Scale * Product(q, QueryAt(row, query), k, KeyAt(row, key)))];
    }

    private double Product(double[] left, int leftAt, double[] right, int rightAt)
    {
        double sum = 0;
        for (int c = 0; c < Channels; c++) sum += left[leftAt + c] * right[rightAt + c];
        return sum;
    }

    private int QueryAt(int row, int query) => At(row, query, Queries);

    private int KeyAt(int row, int key) => At(row, key, Keys);

    /// <summary>Rows are numbered over sequences, heads and queries.</summary>
    private int At(int row, int token, int tokens)
    {
        int pair = row / Queries;
        return ((((pair / Heads * tokens) + token) * Heads) + (pair % Heads)) * Channels;
    }
}
