using System.Globalization;
using GenKernels.Runtime;
using Spectre.Console;

namespace GenKernels.Cli.Profiling;

/// <summary>A profile, shown as a table or as JSON.</summary>
/// <param name="what">The profiled work, in a few words.</param>
/// <param name="device">The device that it ran on.</param>
/// <param name="measurement">The measured steps and ceiling.</param>
/// <param name="request">How to show it.</param>
internal sealed class ProfileReport(
    string what, Device device, StepMeasurement measurement, ProfileRequest request)
{
    private readonly StepProfile _profile =
        StepProfile.Of(measurement.Steps, request.Grouping, measurement.Ceiling);

    /// <summary>Writes a table or JSON, and the trace if one is requested.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="isShown">Selects rows; null for all, which then add up to the step.</param>
    internal void Write(Terminal terminal, Func<ProfileRow, bool>? isShown = null)
    {
        ProfileRow[] rows = [.. Sorted().Where(isShown ?? (_ => true))];
        if (request.Trace is { } path)
        {
            ChromeTrace.Write(path, device.Name, measurement.Steps);
            int count = measurement.Steps.Sum(step => step.Work.Count);
            terminal.Progress.WriteLine($"{path}: {count} launches and copies");
        }

        if (request.IsJson) terminal.WriteJson(Summary(rows));
        else WriteTable(terminal.Output, rows);
    }

    private void WriteTable(IAnsiConsole output, ProfileRow[] rows)
    {
        output.WriteLine($"{what} on {DeviceText.Of(device)}");
        output.WriteLine(Ceilings());
        bool hasFootprints = rows.Any(row => row.Footprint is not null);
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumn("kernel");
        if (request.Grouping >= ProfileGrouping.Variant) table.AddColumn("variant");
        if (request.Grouping >= ProfileGrouping.Shape) table.AddColumn("shapes");
        string[] numbers = ["calls", "ms", "of step", "mean us", "min us", "GB/s", "GFLOP/s", "of ceiling"];
        string[] footprint = hasFootprints ? ["registers", "shared", "local", "occupancy"] : [];
        table.AddNumbers([.. numbers, .. footprint]);
        foreach (ProfileRow row in rows)
        {
            table.AddRow([.. Cells(row, hasFootprints).Select(cell => cell.EscapeMarkup())]);
        }

        output.Write(table);
        WriteParts(output);
        output.WriteLine(Sum(rows));
    }

    private IEnumerable<string> Cells(ProfileRow row, bool hasFootprints)
    {
        yield return row.Name;
        if (request.Grouping >= ProfileGrouping.Variant) yield return row.Variant;
        if (request.Grouping >= ProfileGrouping.Shape) yield return row.Shapes;
        bool isWork = row.Calls > 0;
        yield return isWork ? Text(row.Calls, "0.##") : "";
        yield return Text(row.Seconds * 1e3, "0.000");
        yield return Share(row.ShareOfStep);
        yield return isWork ? Text(row.MeanCallSeconds * 1e6, "0.0") : "";
        yield return isWork ? Text(row.LeastCallSeconds * 1e6, "0.0") : "";
        yield return row.GigabytesPerSecond is { } bytes ? Text(bytes, "0.0") : "";
        yield return row.GigaflopsPerSecond is { } operations ? Text(operations, "0.0") : "";
        yield return row.ShareOfCeiling is { } share ? Share(share) : "";
        if (!hasFootprints) yield break;
        yield return row.Footprint is { } taken ? $"{taken.Registers}" : "";
        yield return row.Footprint is { } shared ? $"{shared.SharedBytes}" : "";
        yield return row.Footprint is { } local ? $"{local.LocalBytes}" : "";
        yield return row.Footprint is { } held ? Share(held.Occupancy) : "";
    }

    /// <summary>Named parts of the step, each beneath the one that it lies in.</summary>
    private void WriteParts(IAnsiConsole output)
    {
        ProfilePart[] parts = [.. ProfilePart.Of(measurement.Steps)];
        if (parts.Length == 0) return;
        Table table = new Table().Border(TableBorder.Simple).AddColumn("part of the step")
            .AddNumbers("calls", "ms", "of step");
        foreach (ProfilePart part in parts)
        {
            string name = new string(' ', 2 * part.Depth) + part.Name;
            table.AddRow(
                name.EscapeMarkup(), Text(part.Calls, "0.##"), Text(part.Seconds * 1e3, "0.000"),
                Share(part.Seconds / _profile.StepSeconds));
        }

        output.Write(table);
    }

    private string Ceilings()
    {
        DeviceCeiling ceiling = measurement.Ceiling;
        IEnumerable<string> rates = ceiling.OperationsPerSecond.Select(
            rate => $", matrix products of {rate.Key} {Text(rate.Value / 1e9, "0")} GFLOP/s");
        return $"Ceiling, measured: copies {Text(ceiling.BytesPerSecond / 1e9, "0.0")} GB/s{string.Concat(rates)}";
    }

    private string Sum(ProfileRow[] rows) => string.Create(
        CultureInfo.InvariantCulture,
        $"The rows sum to {rows.Sum(row => row.Seconds) * 1e3:0.000} ms; a step takes "
        + $"{_profile.StepSeconds * 1e3:0.000} ms of device time, "
        + $"{_profile.WallSeconds * 1e3:0.000} ms of wall time (means of {_profile.StepCount})");

    private IEnumerable<ProfileRow> Sorted() => request.Order switch
    {
        "calls" => _profile.Rows.OrderByDescending(row => row.Calls),
        "mean" => _profile.Rows.OrderByDescending(row => row.MeanCallSeconds),
        "name" => _profile.Rows.OrderBy(row => row.Name, StringComparer.Ordinal)
            .ThenBy(row => row.Variant, StringComparer.Ordinal),
        "ceiling" => _profile.Rows.OrderBy(row => row.ShareOfCeiling ?? double.MaxValue),
        _ => _profile.Rows,
    };

    private object Summary(ProfileRow[] rows) => new
    {
        What = what,
        Device = device.Name,
        device.Description,
        Precision = device.Precision.Name,
        Ceiling = new
        {
            measurement.Ceiling.BytesPerSecond,
            OperationsPerSecond =
                measurement.Ceiling.OperationsPerSecond.ToDictionary(rate => $"{rate.Key}", rate => rate.Value),
        },
        _profile.StepCount,
        _profile.StepSeconds,
        _profile.WallSeconds,
        RowSeconds = rows.Sum(row => row.Seconds),
        Rows = rows,
        Parts = ProfilePart.Of(measurement.Steps),
    };

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Share(double value) => $"{Text(100 * value, "0.0")} %";
}
