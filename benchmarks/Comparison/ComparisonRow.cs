using System.Text.Json;

namespace GenKernels.Benchmarks.Comparison;

/// <summary>The result of one piece of work.</summary>
/// <param name="Work">The work.</param>
/// <param name="Own">Seconds of our turns.</param>
/// <param name="Peer">Seconds of the peer's turns, in the same order; empty without a peer.</param>
internal sealed record ComparisonRow(ComparedWork Work, double[] Own, double[] Peer)
{
    /// <summary>Which of its alternatives the peer used.</summary>
    internal string Way { get; init; } = "";

    /// <summary>Seconds of each of the peer's alternatives when tried; null if there is only one.</summary>
    internal JsonElement? Ways { get; init; }

    /// <summary>Whether both sides' calls were timed as recordings.</summary>
    internal bool IsRecorded { get; init; }

    /// <summary>Why a side is missing; otherwise empty.</summary>
    internal string Fault
    {
        get;
        init => field = value.Split('\n')[0];
    } = "";

    /// <summary>Managed bytes that our side allocates per call.</summary>
    internal long AllocatedBytes { get; init; }

    internal double OwnSeconds => Own.Length == 0 ? double.NaN : Median.Of(Own);

    internal double PeerSeconds => Peer.Length == 0 ? double.NaN : Median.Of(Peer);

    /// <summary>Our speed relative to the peer's: the ratio of medians.</summary>
    internal double Ratio => PeerSeconds / OwnSeconds;

    /// <summary>Lowest ratio over the rounds.</summary>
    internal double LeastRatio => Ratios.DefaultIfEmpty(double.NaN).Min();

    /// <summary>Highest ratio over the rounds.</summary>
    internal double MostRatio => Ratios.DefaultIfEmpty(double.NaN).Max();

    /// <summary>Rate of the bytes that must move.</summary>
    internal double BytesPerSecond => Work.Bytes / OwnSeconds;

    internal double OperationsPerSecond => Work.Operations / OwnSeconds;

    private IEnumerable<double> Ratios => Own.Zip(Peer, (own, peer) => peer / own);

    /// <returns>The value that the target is compared with.</returns>
    /// <param name="copyBandwidth">Bytes per second.</param>
    internal double Achieved(double copyBandwidth) => Work.IsBoundByMemory ? BytesPerSecond / copyBandwidth : Ratio;
}
