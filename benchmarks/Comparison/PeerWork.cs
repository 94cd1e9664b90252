using System.Text.Json;

namespace GenKernels.Benchmarks.Comparison;

/// <summary>A piece of work that the peer has prepared.</summary>
/// <param name="Way">The fastest of its alternatives.</param>
/// <param name="Ways">Seconds of each alternative when tried, or why it failed; null if there is only one.</param>
/// <param name="IsRecorded">Whether many calls are timed as one recording.</param>
internal sealed record PeerWork(string Way, JsonElement? Ways, bool IsRecorded)
{
    /// <returns>The peer's answer, parsed.</returns>
    internal static PeerWork Read(JsonElement answer) => new(
        answer.GetProperty("way").GetString()!,
        answer.TryGetProperty("ways", out JsonElement ways) ? ways : null,
        answer.GetProperty("isRecorded").GetBoolean());
}
