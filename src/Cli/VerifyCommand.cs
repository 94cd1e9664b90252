using System.CommandLine;
using GenKernels.Runtime;
using GenKernels.Train.Verification;
using Spectre.Console;

namespace GenKernels.Cli;

/// <summary><c>gk verify DIR</c>: compares operations and networks with recorded cases.</summary>
internal static class VerifyCommand
{
    internal static Command Create()
    {
        Argument<string> folder = new("DIR") { Description = "Folder of case files (*.safetensors), or one file" };
        Option<string> device = CommonOptions.Device(byDefault: "host");
        Option<bool> skipUnknown = new("--skip-unknown") { Description = "Do not fail on unimplemented cases" };
        Option<string?> filter = new("--filter")
        {
            Description = "Run only cases whose names contain this text",
            HelpName = "text",
        };
        Option<bool> json = CommonOptions.Json();
        ExampleCommand command = new(
            "verify", "Compare operations and networks with recorded results.",
            "gk verify tests/Golden/ops", "gk verify tests/Golden --filter conv --device simt --skip-unknown")
        {
            folder, device, filter, skipUnknown, json,
        };
        return command.Does((result, stop) =>
        {
            Terminal terminal = new(result);
            string path = result.GetRequiredValue(folder);
            string? part = result.GetValue(filter);
            List<CaseResult> results = Run(terminal, path, result.GetRequiredValue(device), part, stop);
            if (results.Count == 0) throw new CommandException($"{path}: no case name contains '{part}'");
            Summary summary = new(results);
            if (result.GetValue(json)) terminal.WriteJson(summary);
            else Write(terminal.Output, summary);
            bool isGood = summary.Failed == 0 && (summary.Unknown == 0 || result.GetValue(skipUnknown));
            return isGood ? ExitCode.Success : ExitCode.Failure;
        });
    }

    private static List<CaseResult> Run(
        Terminal terminal, string folder, string device, string? filter, CancellationToken stop)
    {
        Verifier.FindFiles(folder);  // a wrong folder is reported before a device is opened
        using Device opened = DeviceFactory.Open(device);
        using CompilationWatch compiling = new(opened.Cache, terminal.Progress.WriteLine);
        IEnumerable<CaseResult> results = new Verifier(opened).Run(folder, filter, stop);
        if (!terminal.Progress.Profile.Capabilities.Interactive) return [.. results];
        return terminal.Progress.Status().Start($"comparing on {device}", status =>
        {
            List<CaseResult> done = [];
            foreach (CaseResult result in results)
            {
                done.Add(result);
                status.Status($"{Quantity.Of(done.Count, "case")} on {device}, last {result.Case.EscapeMarkup()}");
            }

            return done;
        });
    }

    private static void Write(IAnsiConsole output, Summary summary)
    {
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumns("case", "worst result", "error", "tolerance", "");
        foreach (CaseResult result in summary.Cases)
        {
            bool isCompared = result.Worst is not null;
            table.AddRow(
                result.Case.EscapeMarkup(),
                result.Worst?.EscapeMarkup() ?? "",
                isCompared ? $"{result.Error:0.0e0}" : "",
                isCompared ? result.Tolerance.ToString() : "",
                Verdict(result));
        }

        output.Write(table);
        output.WriteLine($"{summary.Passed} passed, {summary.Failed} failed, {summary.Unknown} unknown");
    }

    private static string Verdict(CaseResult result) => result.Status switch
    {
        CaseStatus.Passed => $"[green]pass[/] {(result.Message ?? "").EscapeMarkup()}",
        CaseStatus.Failed => $"[red]FAIL[/] {(result.Message ?? "").EscapeMarkup()}",
        _ => $"[yellow]unknown[/] {(result.Message ?? "").EscapeMarkup()}",
    };

    /// <summary>The output of <c>--json</c>.</summary>
    private sealed record Summary(IReadOnlyList<CaseResult> Cases)
    {
        public int Passed => Cases.Count(result => result.Status == CaseStatus.Passed);

        public int Failed => Cases.Count(result => result.Status == CaseStatus.Failed);

        public int Unknown => Cases.Count(result => result.Status == CaseStatus.Unknown);
    }
}
