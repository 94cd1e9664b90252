using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace GenKernels.Train.Runs;

/// <summary>Appends a run's metrics to a file, one line per step: <c>{"step":16,"time":1.7e9,"loss":0.5}</c>.</summary>
/// <remarks>JSON has no NaN and no infinities; they become the strings "NaN", "Infinity" and "-Infinity".</remarks>
public sealed class MetricLog : IDisposable
{
    private const string StepName = "step", TimeName = "time";

    private readonly AppendedFile _file;
    private readonly TimeProvider _clock;
    private readonly ArrayBufferWriter<byte> _line = new();

    private MetricLog(AppendedFile file, TimeProvider clock) => (_file, _clock) = (file, clock);

    /// <param name="path">The file to create or overwrite.</param>
    /// <param name="clock">Source of each line's time; null for the system clock.</param>
    /// <returns>The empty log; the caller disposes it.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static MetricLog Create(string path, TimeProvider? clock = null) =>
        new(new AppendedFile(path, FileMode.Create), clock ?? TimeProvider.System);

    /// <summary>Continues a log from a step: later lines and an incomplete last line are dropped.</summary>
    /// <param name="path">The file to continue; it may be missing.</param>
    /// <param name="lastStep">Step of the checkpoint that the run resumes from.</param>
    /// <param name="clock">Source of each line's time; null for the system clock.</param>
    /// <returns>The log; the caller disposes it.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static MetricLog Resume(string path, long lastStep, TimeProvider? clock = null)
    {
        long length = File.Exists(path) ? LengthUpTo(File.ReadAllBytes(path), lastStep) : 0;
        AppendedFile file = new(path, FileMode.OpenOrCreate);
        file.Truncate(length);
        return new MetricLog(file, clock ?? TimeProvider.System);
    }

    /// <param name="path">A log, possibly still being written.</param>
    /// <returns>Its complete lines, in order.</returns>
    /// <exception cref="FormatException">A line is not a record.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static IReadOnlyList<MetricRecord> Read(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        List<MetricRecord> records = [];
        int start = 0;
        for (int end; (end = Array.IndexOf(bytes, (byte)'\n', start)) >= 0; start = end + 1)
        {
            records.Add(TryParse(bytes.AsMemory(start, end - start))
                ?? throw new FormatException($"{path}: line {records.Count + 1} is not a record of metrics"));
        }

        return records;
    }

    /// <summary>Writes one line and hands it to the operating system: it survives a kill of the process right
    /// after.</summary>
    /// <param name="step">Steps finished; must not decrease from line to line.</param>
    /// <param name="values">Metrics by name; <c>step</c> and <c>time</c> are reserved.</param>
    /// <exception cref="ArgumentException">A name is reserved.</exception>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Write(long step, IEnumerable<KeyValuePair<string, double>> values)
    {
        _line.ResetWrittenCount();
        using (Utf8JsonWriter json = new(_line))
        {
            json.WriteStartObject();
            json.WriteNumber(StepName, step);
            json.WriteNumber(TimeName, _clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
            foreach ((string name, double value) in values) WriteValue(json, name, value);
            json.WriteEndObject();
        }

        _line.Write("\n"u8);
        _file.Append(_line.WrittenSpan);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static void WriteValue(Utf8JsonWriter json, string name, double value)
    {
        if (name is StepName or TimeName) throw new ArgumentException($"a metric must not be named '{name}'");
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
    }

    private static long LengthUpTo(byte[] bytes, long lastStep)
    {
        int start = 0;
        for (int end; (end = Array.IndexOf(bytes, (byte)'\n', start)) >= 0; start = end + 1)
        {
            MetricRecord? record = TryParse(bytes.AsMemory(start, end - start));
            if (record is null || record.Step > lastStep) break;
        }

        return start;
    }

    private static MetricRecord? TryParse(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            Dictionary<string, double> values = [];
            foreach (JsonProperty property in json.RootElement.EnumerateObject())
            {
                if (property.Name is not (StepName or TimeName)) values[property.Name] = Number(property.Value);
            }

            long step = json.RootElement.GetProperty(StepName).GetInt64();
            return new MetricRecord(step, json.RootElement.GetProperty(TimeName).GetDouble(), values);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException)
        {
            return null;
        }
    }

    private static double Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.String
            ? double.Parse(value.GetString()!, CultureInfo.InvariantCulture)
            : value.GetDouble();
}
