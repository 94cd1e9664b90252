using System.CommandLine;
using GenKernels.Cli.Doctor;
using Spectre.Console;

namespace GenKernels.Cli;

/// <summary><c>gk doctor</c>: lists what is available and what is missing.</summary>
internal static class DoctorCommand
{
    private const double BytesPerGibibyte = 1 << 30, BytesPerMebibyte = 1 << 20;

    internal static Command Create()
    {
        Option<bool> json = CommonOptions.Json();
        ExampleCommand command = new(
            "doctor", "List devices, compilers and libraries, test each device, and report what is missing.",
            "gk doctor", "gk doctor --json") { json };
        return command.Does((result, stop) =>
        {
            Terminal terminal = new(result);
            DoctorReport report = DoctorReport.Examine(stop);
            if (result.GetValue(json)) terminal.WriteJson(report);
            else Write(terminal.Output, report);
            return report.IsUsable ? ExitCode.Success : ExitCode.Failure;
        });
    }

    private static void Write(IAnsiConsole output, DoctorReport report)
    {
        MachineFacts machine = report.Machine;
        Table facts = NewTable();
        Add(facts, null, "system", machine.OperatingSystem);
        Add(facts, null, ".NET", machine.DotNet);
        Add(facts, null, "processor",
            $"{machine.Processor}, {machine.Cores} cores, {machine.MemoryBytes / BytesPerGibibyte:F1} GiB memory");
        Add(facts, null, "kernel cache",
            $"{report.Cache.Folder}: {Quantity.Of(report.Cache.Entries, "file")}, "
            + $"{report.Cache.Bytes / BytesPerMebibyte:F1} MiB");
        Write(output, $"GenKernels {machine.Version}", facts);

        Table devices = NewTable();
        foreach (DeviceCheck device in report.Devices) Add(devices, device.Passed, device.Name, Describe(device));
        Write(output, "Devices", devices);

        Table findings = NewTable();
        foreach (Finding finding in report.Programs.Prepend(report.Compiler).Concat(report.Libraries))
        {
            Add(findings, finding.Found, finding.Name, finding.Where ?? Shorten(finding.Advice!));
        }

        Write(output, "Programs and libraries", findings);
        output.WriteLine(report.IsUsable ? "Ready." : "No device works: kernels need a C++ compiler or an NVIDIA GPU.");
    }

    private static string Describe(DeviceCheck device) => device.Passed
        ? $"{device.Description}; a kernel compiled in {device.CompileSeconds:F2} s "
            + $"and ran in {device.RunMilliseconds:F2} ms"
        : Shorten(device.Reason!);

    /// <returns>The advice without the list of paths, which only <c>--json</c> writes.</returns>
    private static string Shorten(string advice)
    {
        int list = advice.IndexOf(" (tried: ", StringComparison.Ordinal);
        if (list < 0) return advice;
        return $"{advice[..list]} ({Quantity.Of(advice.AsSpan(list).Count(", ") + 1, "place")} tried)";
    }

    private static Table NewTable() => new Table().Border(TableBorder.None).HideHeaders()
        .AddColumns(new TableColumn("").Width(2), new TableColumn("").Width(13), new TableColumn(""));

    private static void Write(IAnsiConsole output, string heading, Table table)
    {
        output.MarkupLine($"[bold]{heading.EscapeMarkup()}[/]");
        output.Write(table);
        output.WriteLine();
    }

    private static void Add(Table table, bool? isGood, string name, string text)
    {
        string mark = isGood switch { true => "[green]+[/]", false => "[yellow]-[/]", _ => "" };
        table.AddRow(mark, name.EscapeMarkup(), text.EscapeMarkup());
    }
}
