using System.Globalization;
using System.Text;
using System.Text.Json;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Comparison;

/// <summary>All rows with their conditions, as a Markdown table and a JSON file.</summary>
/// <param name="rows">The rows, the copy first; may grow between writes.</param>
/// <param name="peer">The peer's description of itself; null without a peer.</param>
/// <param name="reason">Why there is no peer.</param>
internal sealed class ComparisonTable(IReadOnlyList<ComparisonRow> rows, JsonElement? peer, string reason)
{
    private const int Digits = 9;  // for seconds

    private readonly DateTime _date = DateTime.UtcNow;

    /// <summary>Bytes per second of the faster side's copy.</summary>
    private double CopyBandwidth
    {
        get
        {
            ComparisonRow copy = rows[0];
            IEnumerable<double> known =
                ((double[])[copy.OwnSeconds, copy.PeerSeconds]).Where(seconds => !double.IsNaN(seconds));
            return copy.Work.Bytes / known.DefaultIfEmpty(double.NaN).Min();
        }
    }

    private string Peer => peer is { } description
        ? $"PyTorch {Text(description, "torch")}, {Text(description, "threads")} threads, {Text(description, "device")}"
        : $"skipped: {reason}";

    /// <summary>The table in Markdown.</summary>
    internal string Markdown
    {
        get
        {
            Device device = BenchmarkDevice.Device;
            StringBuilder text = new();
            text.AppendLine(Invariant($"{device.Name}: {device.Description}; {_date:yyyy-MM-dd HH:mm} UTC; "))
                .AppendLine(Invariant($"commit {ResultsFile.Commit()}; peer: {Peer}; "))
                .AppendLine(Invariant($"copy: {CopyBandwidth / 1e9:0.0} GB/s."))
                .AppendLine()
                .AppendLine("| work | ours | PyTorch | times as fast (rounds) | rate | of copy | target | met |")
                .AppendLine("|---|---|---|---|---|---|---|---|");
            foreach (ComparisonRow row in rows) text.AppendLine(Format(row));
            return text.ToString();
        }
    }

    /// <returns>A short form of a row, for progress output.</returns>
    /// <param name="row">The row.</param>
    internal static string Line(ComparisonRow row)
    {
        if (row.Fault.Length > 0) return $"failed: {row.Fault}";
        string own = Time(row.OwnSeconds);
        return row.Peer.Length == 0 ? own : $"{own}, PyTorch {Time(row.PeerSeconds)} ({row.Way})";
    }

    /// <summary>Writes both files, each atomically.</summary>
    /// <returns>Path of the JSON file; the Markdown file's ends in <c>.md</c>.</returns>
    /// <param name="folder">Created if missing.</param>
    internal string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        string device = BenchmarkDevice.Device.Name.Replace(':', '-');
        string path = Path.Combine(folder, Invariant($"{device}-{_date:yyyy-MM-dd}-peers"));
        AtomicFile.WriteText($"{path}.md", Markdown);
        AtomicFile.Write($"{path}.json", WriteJson);
        return $"{path}.json";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Text(JsonElement element, string name) => element.GetProperty(name).ToString();

    private static string Time(double seconds) => seconds switch
    {
        double.NaN => "-",
        >= 1 => Invariant($"{seconds:0.00} s"),
        >= 1e-3 => Invariant($"{seconds * 1e3:0.00} ms"),
        _ => Invariant($"{seconds * 1e6:0.0} us"),
    };

    private string Format(ComparisonRow row)
    {
        ComparedWork work = row.Work;
        if (row.Own.Length == 0) return $"| {work.Name} | failed: {row.Fault} | | | | | | |";
        string rate = work.IsBoundByMemory ? Invariant($"{row.BytesPerSecond / 1e9:0.0} GB/s")
            : work.Operations > 0 ? Invariant($"{row.OperationsPerSecond / 1e9:0} GFLOP/s") : "";
        string share = work.Bytes > 0 ? Invariant($"{100 * row.BytesPerSecond / CopyBandwidth:0} %") : "";
        string ratio = row.Peer.Length == 0 ? ""
            : Invariant($"{row.Ratio:0.00} ({row.LeastRatio:0.00} to {row.MostRatio:0.00})");
        string[] cells =
            [work.Name, Time(row.OwnSeconds), PeerTime(row), ratio, rate, share, Target(work), Met(row)];
        return $"| {string.Join(" | ", cells)} |";
    }

    private string PeerTime(ComparisonRow row)
    {
        if (row.Fault.Length > 0) return $"failed: {row.Fault}";
        return peer is null ? "skipped" : Time(row.PeerSeconds);
    }

    private static string Target(ComparedWork work)
    {
        if (work.Target == 0) return "";
        return work.IsBoundByMemory
            ? Invariant($"{100 * work.Target:0} % of copy") : Invariant($"{work.Target:0.0} x");
    }

    private string Met(ComparisonRow row)
    {
        double achieved = row.Achieved(CopyBandwidth);
        if (row.Work.Target == 0 || double.IsNaN(achieved)) return "";
        return achieved >= row.Work.Target ? "yes" : "no";
    }

    private void WriteJson(Stream stream)
    {
        Device device = BenchmarkDevice.Device;
        using Utf8JsonWriter json = new(stream, ResultsFile.Options);
        json.WriteStartObject();
        json.WriteString("device", device.Name);
        json.WriteString("description", device.Description);
        json.WriteString("date", _date);
        json.WriteString("commit", ResultsFile.Commit());
        json.WriteString("runtime", $".NET {Environment.Version}");
        if (double.IsNaN(CopyBandwidth)) json.WriteNull("copyGigabytesPerSecond");
        else json.WriteNumber("copyGigabytesPerSecond", Math.Round(CopyBandwidth / 1e9, 2));
        json.WritePropertyName("peer");
        if (peer is { } description) WriteWithoutCases(json, description);
        else json.WriteStringValue(Peer);
        json.WriteStartArray("results");
        foreach (ComparisonRow row in rows) WriteJson(json, row);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteWithoutCases(Utf8JsonWriter json, JsonElement description)
    {
        json.WriteStartObject();
        foreach (JsonProperty property in description.EnumerateObject().Where(property => property.Name != "cases"))
        {
            property.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private void WriteJson(Utf8JsonWriter json, ComparisonRow row)
    {
        json.WriteStartObject();
        json.WriteString("work", row.Work.Name);
        if (row.Fault.Length > 0) json.WriteString("fault", row.Fault);
        WriteSeconds(json, "own", row.Own);
        WriteSeconds(json, "peer", row.Peer);
        if (row.Way.Length > 0) json.WriteString("peerWay", row.Way);
        if (row.Ways is { } ways)
        {
            json.WritePropertyName("peerWays");
            ways.WriteTo(json);
        }

        if (row.IsRecorded) json.WriteBoolean("recorded", true);
        if (row.Own.Length > 0 && row.Peer.Length > 0)
        {
            json.WriteNumber("timesAsFast", Math.Round(row.Ratio, 3));
            json.WriteNumber("leastTimesAsFast", Math.Round(row.LeastRatio, 3));
            json.WriteNumber("mostTimesAsFast", Math.Round(row.MostRatio, 3));
        }

        if (row.Own.Length > 0) WriteRates(json, row);
        json.WriteEndObject();
    }

    private void WriteRates(Utf8JsonWriter json, ComparisonRow row)
    {
        json.WriteNumber("managedBytesPerCall", row.AllocatedBytes);
        if (row.Work.Operations > 0)
        {
            json.WriteNumber("gigaflopsPerSecond", Math.Round(row.OperationsPerSecond / 1e9, 1));
        }

        if (row.Work.Bytes == 0) return;
        json.WriteNumber("bytes", row.Work.Bytes);
        json.WriteNumber("gigabytesPerSecond", Math.Round(row.BytesPerSecond / 1e9, 2));
        if (double.IsNaN(CopyBandwidth)) return;
        json.WriteNumber("shareOfCopy", Math.Round(row.BytesPerSecond / CopyBandwidth, 3));
    }

    private static void WriteSeconds(Utf8JsonWriter json, string name, double[] seconds)
    {
        if (seconds.Length == 0) return;
        json.WriteNumber($"{name}MedianSeconds", Math.Round(Median.Of(seconds), Digits));
        json.WriteStartArray($"{name}Seconds");
        foreach (double value in seconds) json.WriteNumberValue(Math.Round(value, Digits));
        json.WriteEndArray();
    }
}
