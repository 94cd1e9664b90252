using System.Globalization;
using GenKernels.Runtime;
using Spectre.Console;

namespace GenKernels.Cli.Profiling;

/// <summary>What replays of a recorded step take, as a table or JSON.</summary>
/// <param name="what">The measured work, in a few words.</param>
/// <param name="device">The device that it ran on.</param>
/// <param name="parts">The parts of the step.</param>
internal sealed class ReplayReport(string what, Device device, IReadOnlyList<ReplayMeasurement> parts)
{
    /// <summary>Writes the table or JSON.</summary>
    internal void Write(Terminal terminal, bool isJson)
    {
        if (isJson)
        {
            terminal.WriteJson(parts);
            return;
        }

        Table table = new Table().Border(TableBorder.Simple).AddColumn("part")
            .AddNumbers("launches", "ms", "in kernels", "outside");
        foreach (ReplayMeasurement part in parts.Append(ReplayMeasurement.Sum(parts)))
        {
            table.AddRow(
                part.Name, Text(part.Launches, "0"), Text(part.Seconds * 1e3, "0.000"),
                Text(part.KernelSeconds * 1e3, "0.000"), Text(part.ShareOutside, "0.0 %"));
        }

        terminal.Output.WriteLine($"{what}, replayed, on {DeviceText.Of(device)}");
        terminal.Output.Write(table);
    }

    private static string Text(double? value, string format) =>
        value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
