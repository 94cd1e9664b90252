using System.Text.Json;

namespace GenKernels.Benchmarks.Comparison;

/// <summary>A piece of work that the peer has prepared.</summary>
/// <param name="Way">Which of its ways is the fastest.</param>
/// <param name="Ways">The seconds of each when they were tried, or why it failed; null where there is one.</param>
/// <param name="IsRecorded">Whether many calls are timed as one recording.</param>
internal sealed record PeerWork(string Way, JsonElement? Ways, bool IsRecorded)
{
    /// <returns>What the peer answered.</returns>
    internal static PeerWork Read(JsonElement answer) => new(
        answer.GetProperty("way").GetString()!,
        answer.TryGetProperty("ways", out JsonElement ways) ? ways : null,
        answer.GetProperty("isRecorded").GetBoolean());
}
