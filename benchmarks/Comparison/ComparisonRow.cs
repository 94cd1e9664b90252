using System.Text.Json;

namespace GenKernels.Benchmarks.Comparison;

/// <summary>What came of one piece of work.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Own">Seconds of our turns.</param>
/// <param name="Peer">Seconds of the peer's turns, in the same order; none where there is no peer.</param>
internal sealed record ComparisonRow(ComparedWork Work, double[] Own, double[] Peer)
{
    /// <summary>Which of its ways the peer took.</summary>
    internal string Way { get; init; } = "";

    /// <summary>The seconds of all its ways when they were tried; null where there is one.</summary>
    internal JsonElement? Ways { get; init; }

    /// <summary>Whether both sides' calls were timed as recordings.</summary>
    internal bool IsRecorded { get; init; }

    /// <summary>Why a side is missing; else empty.</summary>
    internal string Fault
    {
        get;
        init => field = value.Split('\n')[0];
    } = "";

    /// <summary>Managed memory that our side takes at a call.</summary>
    internal long AllocatedBytes { get; init; }

    internal double OwnSeconds => Own.Length == 0 ? double.NaN : Median.Of(Own);

    internal double PeerSeconds => Peer.Length == 0 ? double.NaN : Median.Of(Peer);

    /// <summary>How many times the peer's speed ours is.</summary>
    internal double Ratio => PeerSeconds / OwnSeconds;

    /// <summary>The least of the rounds.</summary>
    internal double LeastRatio => Ratios.DefaultIfEmpty(double.NaN).Min();

    /// <summary>The most of the rounds.</summary>
    internal double MostRatio => Ratios.DefaultIfEmpty(double.NaN).Max();

    /// <summary>Of bytes that must move.</summary>
    internal double BytesPerSecond => Work.Bytes / OwnSeconds;

    internal double OperationsPerSecond => Work.Operations / OwnSeconds;

    private IEnumerable<double> Ratios => Own.Zip(Peer, (own, peer) => peer / own);

    /// <returns>What the target is held against.</returns>
    /// <param name="copyBandwidth">Bytes a second.</param>
    internal double Achieved(double copyBandwidth) => Work.IsBoundByMemory ? BytesPerSecond / copyBandwidth : Ratio;
}
