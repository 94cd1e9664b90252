using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Attention;

/// <summary>The sizes of an attention; laid out as <c>AttentionPlan</c> in <c>AttentionPlan.cuh</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct AttentionPlan
{
    /// <summary>The most channels of a head, whose sums are kept in registers.</summary>
    private const int MostChannels = 512;

    private readonly int _clips, _queries, _keys, _heads, _channels, _isCausal;
    private readonly double _scale;

    /// <exception cref="ArgumentException">
    /// The tensors are not floats, differ in type or device, or have shapes that do not fit, or the scale is not
    /// positive and finite.
    /// </exception>
    internal AttentionPlan(Tensor q, Tensor k, Tensor v, AttentionOptions options)
    {
        Require.Float(q);
        Require.SameKind(q, k);
        Require.SameKind(q, v);
        Require.That(q.Shape.Rank == 4, $"queries must be [N, L, Heads, D], got {q.Shape}");
        Require.Shape(k, [q.Shape[0], -1, q.Shape[2], q.Shape[3]]);
        Require.Shape(v, k.Shape.AsSpan());
        Require.That(
            q.Shape[3] is > 0 and <= MostChannels,
            $"a head must have 1 to {MostChannels} channels, got {q.Shape[3]} in {q.Shape}");
        Require.Positive(options.Scale);
        (_clips, _queries, _keys) = (q.Shape[0], q.Shape[1], k.Shape[1]);
        (_heads, _channels) = (q.Shape[2], q.Shape[3]);
        (_isCausal, _scale) = (options.IsCausal ? 1 : 0, options.Scale);
    }

    internal int Queries => _queries;

    internal int Keys => _keys;

    internal int Channels => _channels;

    internal bool IsCausal => _isCausal != 0;

    /// <summary>Pairs of a sequence and a head, which are independent.</summary>
    internal long Pairs => (long)_clips * _heads;

    /// <summary>The shape of the log-sum-exp of every row of logits.</summary>
    internal Shape RowShape => [_clips, _heads, _queries];

    /// <summary>Unmasked logits of all pairs.</summary>
    internal long LogitCount
    {
        get
        {
            if (_isCausal == 0) return Pairs * _queries * _keys;
            long corner = Math.Min(_queries, _keys);
            return Pairs * ((corner * (corner + 1) / 2) + (Math.Max(0, _queries - _keys) * (long)_keys));
        }
    }

    /// <returns>The cost of a launch of this many matrix products, at 2 D operations an unmasked logit each.</returns>
    internal LaunchCost Cost(int products, params ReadOnlySpan<Tensor?> tensors) =>
        LaunchCost.Of(tensors) with { Operations = 2 * products * LogitCount * _channels };
}
