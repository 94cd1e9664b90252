using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenKernels.Tests.Support.Reporting;

/// <summary>Results of tests.</summary>
/// <param name="Device">The chosen device, or <c>all</c>.</param>
/// <param name="IsComplete">Whether all tests were run or skipped.</param>
/// <param name="Seconds">Seconds since the start.</param>
/// <param name="Passed">Number of tests that passed.</param>
/// <param name="Failed">Number of tests that failed.</param>
/// <param name="Skipped">Number of tests that were skipped.</param>
/// <param name="Failures">The tests that failed.</param>
/// <param name="SkippedBecause">Number of skipped tests for each reason.</param>
internal sealed record Report(
    string Device, bool IsComplete, double Seconds, int Passed, int Failed, int Skipped,
    IReadOnlyList<ReportedFailure> Failures, IReadOnlyDictionary<string, int> SkippedBecause)
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Number of tests that were run or skipped.</summary>
    [JsonIgnore]
    public int Count => Passed + Failed + Skipped;

    /// <returns>The report in a file; null if there is no file.</returns>
    internal static Report? Read(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize<Report>(File.ReadAllBytes(path), s_options) : null;

    /// <returns>Several reports merged into one.</returns>
    /// <param name="parts">Reports of tests that ran in parallel.</param>
    /// <param name="isComplete">Whether they cover all tests.</param>
    /// <param name="seconds">Seconds that they took together.</param>
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

    /// <summary>Rewrites the file atomically.</summary>
    internal void Write(string path)
    {
        File.WriteAllBytes(path + ".part", JsonSerializer.SerializeToUtf8Bytes(this, s_options));
        File.Move(path + ".part", path, overwrite: true);
    }
}
