using System.Diagnostics;
using System.Text;

namespace GenKernels.Tests.Cli;

/// <summary>A command line in a separate process, for tests of process-wide behaviour.</summary>
internal sealed class CommandProcess : IDisposable
{
    // On a busy machine kernels take minutes to compile.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(15);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;
    private readonly StringBuilder _errorSoFar = new();

    private CommandProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = ReadErrorAsync();
    }

    /// <summary>Starts a command as a terminal would: with default signal actions.</summary>
    /// <param name="environment">Variables to set, as <c>NAME=value</c>.</param>
    /// <param name="arguments">Arguments without the program's name.</param>
    internal static CommandProcess Start(string[] environment, params string[] arguments) =>
        Start("env", ["--default-signal", .. environment, .. Program(), .. arguments]);

    /// <summary>Runs a command with only the rights that file modes give: root's privileges are dropped.</summary>
    internal static CommandRun RunWithoutPrivilege(params string[] arguments)
    {
        const string rights = "-dac_override,-dac_read_search";
        using CommandProcess process = Environment.IsPrivilegedProcess
            ? Start("setpriv", [$"--bounding-set={rights}", $"--inh-caps={rights}", .. Program(), .. arguments])
            : Start([], arguments);
        return process.Result();
    }

    /// <summary>Runs a command that may write no larger files.</summary>
    /// <param name="kilobytes">The limit of a file, which a program's own code must not count against.</param>
    /// <param name="arguments">Without the name of the program.</param>
    internal static CommandRun RunWithSmallFiles(int kilobytes, params string[] arguments)
    {
        string script = $"ulimit -f {kilobytes}; exec env DOTNET_EnableWriteXorExecute=0 \"$@\"";
        using CommandProcess process = Start("bash", ["-c", script, "bash", .. Program(), .. arguments]);
        return process.Result();
    }

    /// <summary>Waits until a condition holds while the command runs.</summary>
    internal void WaitUntil(Func<bool> hasHappened, string what)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!hasHappened())
        {
            Assert.That(_process.HasExited, Is.False, () => $"ended before {what}: {_error.Result}");
            Assert.That(Stopwatch.GetElapsedTime(begun), Is.LessThan(s_patience), what);
            Thread.Sleep(20);
        }
    }

    /// <summary>Waits until the command has written a text to its standard error.</summary>
    internal void WaitForError(string text) =>
        WaitUntil(() => ErrorSoFar().Contains(text, StringComparison.Ordinal), text);

    /// <param name="name"><c>INT</c>, as sent by Ctrl-C, or <c>TERM</c>.</param>
    internal void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the process to end.</summary>
    internal CommandRun Result()
    {
        Assert.That(_process.WaitForExit(s_patience), "the command ends");
        return new CommandRun(_process.ExitCode, _output.Result, _error.Result);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    /// <summary>The program by its full path, so that it is found whatever PATH the command gets.</summary>
    private static string[] Program() => OwnProgram.Command("GenKernels.Cli");

    private async Task<string> ReadErrorAsync()
    {
        char[] read = new char[1024];
        while (await _process.StandardError.ReadAsync(read) is > 0 and int count)
        {
            lock (_errorSoFar) _errorSoFar.Append(read, 0, count);
        }

        return ErrorSoFar();
    }

    private string ErrorSoFar()
    {
        lock (_errorSoFar) return _errorSoFar.ToString();
    }

    private static CommandProcess Start(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new CommandProcess(Process.Start(start)!);
    }
}
