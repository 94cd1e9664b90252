using System.CommandLine;
using System.Globalization;
using GenKernels.Runtime;
using Spectre.Console;

namespace GenKernels.Cli.Tuning;

/// <summary>Options and output of commands that show a tuner's choices.</summary>
internal sealed class TuningResult
{
    private readonly Option<string> _device = CommonOptions.Device();

    private readonly Option<string?> _out = new("--out")
    {
        Description = "Export all choices for the device to this file; in a folder 'tuning' next to the program "
            + "it applies on every machine with such a device",
        HelpName = "file",
    };

    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_device, _out, _json]) command.Options.Add(option);
    }

    /// <summary>Checks the path of <c>--out</c> before the measurement, which may take minutes.</summary>
    /// <exception cref="IOException">The file of <c>--out</c> cannot be created.</exception>
    internal void RequirePlace(ParseResult result)
    {
        if (result.GetValue(_out) is { } path) AtomicFile.RequirePlace(path);
    }

    /// <returns>The device; the caller disposes it.</returns>
    internal Device Open(ParseResult result) => DeviceFactory.Open(result.GetRequiredValue(_device));

    /// <summary>Writes choices as a table or as JSON, and exports to the file of <c>--out</c> if given.</summary>
    internal void Write(
        ParseResult result, Terminal terminal, Device device, IReadOnlyCollection<TunedChoice> choices)
    {
        TunedChoice[] sorted =
        [
            .. choices.OrderBy(choice => choice.Kernel, StringComparer.Ordinal)
                .ThenBy(choice => choice.Shape, StringComparer.Ordinal),
        ];
        if (result.GetValue(_out) is { } path)
        {
            device.Tuner.Export(path);
            terminal.Progress.WriteLine($"{path}: {Quantity.Of(device.Tuner.Choices.Count, "choice")}");
        }

        if (!result.GetValue(_json))
        {
            WriteTable(terminal.Output, device, sorted);
            return;
        }

        terminal.WriteJson(new
        {
            Device = device.Name,
            device.Description,
            Table = device.Tuner.TablePath,
            Measured = device.Tuner.MeasuredCount,
            Choices = sorted,
        });
    }

    private static void WriteTable(IAnsiConsole output, Device device, TunedChoice[] choices)
    {
        output.WriteLine($"{device.Name}, {device.Description}");
        Table table = new Table().Border(TableBorder.Simple).AddColumns("kernel", "shape", "fastest", "by rule")
            .AddNumbers("us", "by rule, us", "speedup");
        foreach (TunedChoice choice in choices)
        {
            double? ratio = choice.RuleMicroseconds / choice.Microseconds;
            string[] cells =
            [
                choice.Kernel, choice.Shape, choice.Algorithm, choice.Rule == choice.Algorithm ? "" : choice.Rule,
                Text(choice.Microseconds, "0.0"), Text(choice.RuleMicroseconds, "0.0"), Text(ratio, "0.00"),
            ];
            table.AddRow([.. cells.Select(cell => cell.EscapeMarkup())]);
        }

        output.Write(table);
        int others = choices.Count(choice => choice.Algorithm != choice.Rule);
        output.WriteLine(
            $"{Quantity.Of(choices.Length, "choice")}, {others} of them not the rule's, "
            + $"{device.Tuner.MeasuredCount} measured now; saved in {device.Tuner.TablePath}");
    }

    private static string Text(double? value, string format) =>
        value?.ToString(format, CultureInfo.InvariantCulture) ?? "failed";
}
