using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using BenchmarkDotNet.Reports;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks;

/// <summary>The results of a run as one JSON file, with their conditions: device, date, commit.</summary>
internal static class ResultsFile
{
    private static readonly Lazy<string> s_commit = new(DescribeCheckout);

    /// <summary>Folder for the files of runs, ignored by git.</summary>
    internal static string Folder { get; } = Path.Combine(Root(), "artifacts", "benchmarks");

    /// <summary>
    /// Path of the run's file; set before measuring, or else named by date and device in <see cref="Folder"/>.
    /// </summary>
    internal static string? Name { get; set; }

    /// <summary>Format of all result files.</summary>
    internal static JsonWriterOptions Options { get; } =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Folder of committed results, or the current folder outside a checkout.</summary>
    internal static string KeptFolder { get; } = Directory.Exists(Path.Combine(Root(), "benchmarks", "Results"))
        ? Path.Combine(Root(), "benchmarks", "Results")
        : Environment.CurrentDirectory;

    /// <returns>Path of the written file; an existing one is replaced.</returns>
    internal static string Write(IEnumerable<BenchmarkReport> reports)
    {
        DateTime now = DateTime.UtcNow;
        Device device = BenchmarkDevice.Device;
        string path = Path.GetFullPath(
            Name ??= Path.Combine(Folder, $"{now:yyyyMMdd-HHmmss}-{device.Name.Replace(':', '-')}.json"));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, stream => Write(stream, now, [.. reports]));
        return path;
    }

    private static void Write(Stream stream, DateTime now, BenchmarkReport[] reports)
    {
        Device device = BenchmarkDevice.Device;
        using Utf8JsonWriter json = new(stream, Options);
        json.WriteStartObject();
        json.WriteString("device", device.Name);
        json.WriteString("description", device.Description);
        json.WriteString("date", now);
        json.WriteString("commit", Commit());
        json.WriteNumber("copyGigabytesPerSecond", Math.Round(BenchmarkDevice.CopyBandwidth / 1e9, 1));
        json.WriteStartArray("results");
        foreach (BenchmarkReport report in reports) Write(json, report);
        json.WriteEndArray();
        json.WriteStartArray("failed");
        foreach (BenchmarkReport report in reports.Where(report => !report.Success))
        {
            json.WriteStringValue($"{report.BenchmarkCase.Parameters["Case"]}");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, BenchmarkReport report)
    {
        if (Throughput.Of(report) is not { } throughput)
        {
            WriteModel(json, report);
            return;
        }

        json.WriteStartObject();
        json.WriteString("kernel", report.BenchmarkCase.Descriptor.Type.Name.Replace("Benchmarks", ""));
        json.WriteString("case", throughput.Case.ToString());
        if (throughput.Case.PeerOf is { } own) json.WriteString("peerOf", own);
        json.WriteNumber("medianMicroseconds", Math.Round(throughput.Seconds * 1e6, 2));
        json.WriteString("bound", throughput.Bound);
        json.WriteNumber("gigabytesPerSecond", Math.Round(throughput.BytesPerSecond / 1e9, 1));
        json.WriteNumber("shareOfCopy", Math.Round(throughput.ShareOfCopy, 3));
        json.WriteNumber("shareOfCeiling", Math.Round(throughput.ShareOfCeiling, 3));
        if (throughput.Case.Operations > 0)
        {
            double rate = throughput.Case.Operations / throughput.Seconds;
            json.WriteNumber("gigaflopsPerSecond", Math.Round(rate / 1e9, 1));
        }

        json.WriteEndObject();
    }

    /// <summary>A whole network or training step: time, and managed bytes allocated per call.</summary>
    private static void WriteModel(Utf8JsonWriter json, BenchmarkReport report)
    {
        if (report.ResultStatistics is not { } times) return;
        json.WriteStartObject();
        json.WriteString("model", report.BenchmarkCase.Descriptor.Type.Name.Replace("Benchmarks", ""));
        json.WriteString("case", report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo);
        json.WriteNumber("medianMicroseconds", Math.Round(times.Median * 1e-3, 2));
        if (report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) is { } bytes)
        {
            json.WriteNumber("managedBytes", bytes);
        }

        json.WriteEndObject();
    }

    /// <returns>The output of <c>git describe</c> for the checkout, or why there is none.</returns>
    internal static string Commit() => s_commit.Value;

    /// <summary>A bundle records the commit that it was built from, whatever checkout it is unpacked in.</summary>
    private static string DescribeCheckout()
    {
        string ofBundle = Path.Combine(AppContext.BaseDirectory, "..", "commit");
        if (File.Exists(ofBundle)) return File.ReadAllText(ofBundle).Trim();
        try
        {
            ProcessStartInfo start = new("git", ["-C", Root(), "describe", "--always", "--dirty"]);
            start.RedirectStandardOutput = true;
            using Process process = Process.Start(start)!;
            string commit = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return commit;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown: git is not installed";
        }
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder?.GetFiles("GenKernels.sln").Length == 0) folder = folder.Parent;
        return folder?.FullName ?? Environment.CurrentDirectory;
    }
}
