using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenKernels.Tests.Support.Reporting;

/// <summary>What became of tests.</summary>
/// <param name="Device">The chosen one, or <c>all</c>.</param>
/// <param name="IsComplete">Whether all tests had their turn.</param>
/// <param name="Seconds">Since the start.</param>
/// <param name="Passed">Tests.</param>
/// <param name="Failed">Tests.</param>
/// <param name="Skipped">Tests.</param>
/// <param name="Failures">Those that failed.</param>
/// <param name="SkippedBecause">Tests for each reason.</param>
internal sealed record Report(
    string Device, bool IsComplete, double Seconds, int Passed, int Failed, int Skipped,
    IReadOnlyList<ReportedFailure> Failures, IReadOnlyDictionary<string, int> SkippedBecause)
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Tests that had their turn.</summary>
    [JsonIgnore]
    public int Count => Passed + Failed + Skipped;

    /// <returns>The report in a file; null where there is none.</returns>
    internal static Report? Read(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize<Report>(File.ReadAllBytes(path), s_options) : null;

    /// <returns>The reports as one.</returns>
    /// <param name="parts">Of tests that ran beside each other.</param>
    /// <param name="isComplete">Whether there are no others.</param>
    /// <param name="seconds">They took together.</param>
    internal static Report Joined(IReadOnlyCollection<Report> parts, bool isComplete, double seconds)
    {
        SortedDictionary<string, int> skipped = new(StringComparer.Ordinal);
        foreach ((string reason, int count) in parts.SelectMany(part => part.SkippedBecause))
        {
            skipped[reason] = skipped.GetValueOrDefault(reason) + count;
        }

        return new Report(
            ChosenDevice, isComplete && parts.All(part => part.IsComplete), Math.Round(seconds, 1),
            parts.Sum(part => part.Passed), parts.Sum(part => part.Failed), parts.Sum(part => part.Skipped),
            [.. parts.SelectMany(part => part.Failures)], skipped);
    }

    /// <summary>The device that tests were asked to run on, or <c>all</c>.</summary>
    internal static string ChosenDevice => Environment.GetEnvironmentVariable(TestDevices.Variable) ?? "all";

    /// <summary>Writes the file anew, whole or not at all.</summary>
    internal void Write(string path)
    {
        File.WriteAllBytes(path + ".part", JsonSerializer.SerializeToUtf8Bytes(this, s_options));
        File.Move(path + ".part", path, overwrite: true);
    }
}
