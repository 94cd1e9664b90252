using System.Text.Json;

namespace GenKernels.Runtime;

/// <summary>Writes profiled steps for <c>chrome://tracing</c> and Perfetto (Trace Event Format).</summary>
public static class ChromeTrace
{
    private const int Process = 1, KernelTrack = 1, RangeTrack = 2;

    /// <param name="path">The file to create or replace, atomically.</param>
    /// <param name="device">The device's name, for the title.</param>
    /// <param name="steps">The steps, laid one after the other.</param>
    /// <exception cref="IOException">The folder is missing or takes no files, or the disk is full.</exception>
    public static void Write(string path, string device, IReadOnlyList<ProfiledStep> steps) =>
        AtomicFile.Write(path, stream => Write(stream, device, steps));

    private static void Write(Stream stream, string device, IReadOnlyList<ProfiledStep> steps)
    {
        using Utf8JsonWriter json = new(stream);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartArray("traceEvents");
        Title(json, "process_name", 0, $"GenKernels on {device}");
        Title(json, "thread_name", KernelTrack, "kernels and copies");
        Title(json, "thread_name", RangeTrack, "parts of the step");
        TimeSpan offset = TimeSpan.Zero;
        foreach ((int index, ProfiledStep step) in steps.Index())
        {
            Event(json, RangeTrack, $"step {index + 1}", offset, step.Duration, null);
            foreach (ProfiledRange range in step.Ranges)
            {
                Event(json, RangeTrack, range.Name, offset + range.Start, range.Duration, null);
            }

            foreach (ProfiledWork work in step.Work)
            {
                Event(json, KernelTrack, work.Name, offset + work.Start, work.Duration, work);
            }

            offset += step.Duration;
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Title(Utf8JsonWriter json, string kind, int track, string title)
    {
        json.WriteStartObject();
        json.WriteString("name", kind);
        json.WriteString("ph", "M");
        json.WriteNumber("pid", Process);
        if (track > 0) json.WriteNumber("tid", track);
        json.WriteStartObject("args");
        json.WriteString("name", title);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A complete event ("X"); times are in microseconds.</summary>
    private static void Event(
        Utf8JsonWriter json, int track, string name, TimeSpan start, TimeSpan duration, ProfiledWork? work)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("ph", "X");
        json.WriteNumber("pid", Process);
        json.WriteNumber("tid", track);
        json.WriteNumber("ts", start.TotalMicroseconds);
        json.WriteNumber("dur", duration.TotalMicroseconds);
        if (work is not null)
        {
            json.WriteStartObject("args");
            json.WriteString("variant", work.Variant);
            json.WriteString("shapes", work.Shapes);
            json.WriteNumber("bytes", work.Cost.Bytes);
            json.WriteNumber("operations", work.Cost.Operations);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
